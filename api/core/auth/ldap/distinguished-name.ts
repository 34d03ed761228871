/**
 * The form in which names of entries are compared: types and values in lower case, escapes resolved, blanks
 * as RFC 4518 §2.6.1 has them, and the parts of a name with several values in order. Two names with the same form name
 * the same entry, since servers compare the usual types of names without regard to case.
 * @returns undefined for a text that is no name of an entry (RFC 4514 §3)
 */
export function normalizeDn(dn: string): string | undefined {
  const parts: string[][] = [[]]
  let rest = dn.trim()
  if (rest === '') return undefined
  while (rest !== '') {
    const [typed = '', type = ''] = /^\s*([A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)\s*=\s*/.exec(rest) ?? []
    if (typed === '') return undefined
    rest = rest.slice(typed.length)
    const value = /^(?:\\[0-9A-Fa-f]{2}|\\[ "#+,;<=>\\]|[^\\,+";<>\0])*/.exec(rest)?.[0] ?? ''
    const text = unescapeValue(value)
    if (text === undefined) return undefined
    parts.at(-1)?.push(JSON.stringify([type.toLowerCase(), foldValue(text)]))
    rest = rest.slice(value.length)
    if (rest === '') break
    if (rest[0] === ',') parts.push([])
    else if (rest[0] !== '+') return undefined
    rest = rest.slice(1)
    if (rest.trim() === '') return undefined
  }
  return JSON.stringify(parts.map((part) => part.sort()))
}

/** Whether a text names an entry. */
export const isDn = (text: string): boolean => normalizeDn(text) !== undefined

/** @returns undefined if its bytes are no UTF-8 */
function unescapeValue(value: string): string | undefined {
  const bytes = value.split(/(\\[0-9A-Fa-f]{2}|\\.)/s).map((piece) => {
    if (/^\\[0-9A-Fa-f]{2}$/.test(piece)) return Buffer.from(piece.slice(1), 'hex')
    return Buffer.from(piece.startsWith('\\') ? piece.slice(1) : piece, 'utf8')
  })
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(bytes))
  } catch {
    return undefined
  }
}

/** Blanks at the ends and runs of them are insignificant, escaped or not. */
const foldValue = (text: string): string => text.toLowerCase().trim().replace(/ +/g, ' ')
