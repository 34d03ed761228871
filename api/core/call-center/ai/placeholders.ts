/** `{{name}}` in a template. Other braces are plain text, for example JSON. */
const PLACEHOLDER = /\{\{ ?([A-Za-z_][A-Za-z0-9_]{0,63}) ?\}\}/g

/** @returns the placeholder names of a template without duplicates, in order of appearance */
export const findPlaceholders = (content: string): string[] => [
  ...new Set([...content.matchAll(PLACEHOLDER)].map(([, name = '']) => name)),
]
