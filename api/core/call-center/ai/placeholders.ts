/** `{{name}}` in a template. Other braces are the text's own, as in JSON. */
const PLACEHOLDER = /\{\{ ?([A-Za-z_][A-Za-z0-9_]{0,63}) ?\}\}/g

/** @returns the names of a template's placeholders, each once, in their order */
export const findPlaceholders = (content: string): string[] => [
  ...new Set([...content.matchAll(PLACEHOLDER)].map(([, name = '']) => name)),
]
