/** As the server makes them: what it is for, and 192 random bits. */
const TOKEN = /^(?:inv|ver|pwd)_[\w-]{32}$/

/**
 * The token of a mailed link, such as `#token=inv_…`. It stands behind `#`, so that browsers send it to no server.
 * @param text a fragment, a whole link, or the token alone as a person copies it
 * @returns undefined if there is none
 */
export function readToken(text: string): string | undefined {
  const trimmed = text.trim()
  const marked = /[#&?](?:token|invitation)=([^&\s]*)/.exec(trimmed)?.[1]
  const token = marked ?? trimmed
  return TOKEN.test(token) ? token : undefined
}
