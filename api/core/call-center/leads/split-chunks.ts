/** Characters per chunk. */
export const CHUNK_LENGTH = 65_536

/** Splits a text into chunks that are stored one by one. A surrogate pair is never split. */
export function splitChunks(text: string): string[] {
  const chunks: string[] = []
  for (let at = 0; at < text.length; ) {
    let end = Math.min(at + CHUNK_LENGTH, text.length)
    if (end < text.length && /[\uD800-\uDBFF]/.test(text.charAt(end - 1))) end -= 1
    chunks.push(text.slice(at, end))
    at = end
  }
  return chunks
}
