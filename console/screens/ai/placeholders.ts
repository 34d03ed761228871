/** `{{name}}`, as the API reads it: letters, digits and `_`, no digit first, at most one blank on each side. */
const PLACEHOLDER = /\{\{ ?([A-Za-z_][A-Za-z0-9_]{0,63}) ?\}\}/g
export const MAX_PLACEHOLDERS = 100

/** @returns the names without duplicates, in order of appearance */
export const findPlaceholders = (content: string): string[] => [
  ...new Set([...content.matchAll(PLACEHOLDER)].map(([, name = '']) => name)),
]

/** @returns what is in double braces and is no placeholder, such as `{{first name}}`: it stays plain text */
export const findOddBraces = (content: string): string[] => [
  ...new Set(content.replaceAll(PLACEHOLDER, '').match(/\{\{[^{}\n]{0,80}\}\}/g) ?? []),
]
