/** @returns the message of an error in one line of at most 300 characters, for operators */
export const errorSummary = (err: unknown): string =>
  (err instanceof Error ? err.message : 'unknown').replace(/\p{C}+/gu, ' ').slice(0, 300)
