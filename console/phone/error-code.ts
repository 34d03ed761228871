/** @returns the `code` of an error of the phone or of the API; empty where it has none */
export const codeOf = (err: unknown): string =>
  typeof err === 'object' && err !== null && 'code' in err ? String(err.code) : ''
