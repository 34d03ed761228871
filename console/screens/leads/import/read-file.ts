/** Encodings that a person can choose from; others are rare in lists. */
export const ENCODINGS = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1252',
  'windows-1251',
  'iso-8859-2',
] as const
export type Encoding = (typeof ENCODINGS)[number]

/** Characters that are sent for a preview: in UTF-8 below the 64 KiB that the server accepts. */
const PREVIEW_LENGTH = 16_000
/** Bytes that are read for a preview. */
const PREVIEW_BYTES = 64_000

/**
 * The encoding by the byte order mark, else UTF-8 if the bytes are that, else the usual one of spreadsheets in the
 * language. Of one byte per character, any encoding fits: a person has to check the preview.
 */
export function recogniseEncoding(bytes: Uint8Array, language: string): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return 'utf-8'
  } catch {
    return language === 'ru' ? 'windows-1251' : 'windows-1252'
  }
}

/** The beginning of a file as text, up to the end of a line where there is one. */
export function decodeBeginning(bytes: Uint8Array, encoding: Encoding): string {
  const isWhole = bytes.length <= PREVIEW_BYTES
  // The last character may be cut: `stream` leaves it out.
  const decoder = new TextDecoder(encoding)
  const text = decoder.decode(bytes.subarray(0, PREVIEW_BYTES), { stream: !isWhole })
  if (isWhole && text.length <= PREVIEW_LENGTH) return text
  const beginning = text.slice(0, PREVIEW_LENGTH)
  const end = beginning.lastIndexOf('\n')
  return (end > 0 ? beginning.slice(0, end + 1) : beginning).toWellFormed()
}

/** Characters that no list has: the encoding is another one. */
export const hasBrokenText = (text: string): boolean => /[\uFFFD\0]/.test(text)
