import { Refusal } from '../../core/refusal.ts'

/**
 * Converts a value to one that both engines store alike: text, numbers, bytes, null, and booleans as 1 and 0. Otherwise
 * SQLite would silently store a Date or an object as NULL, and PostgreSQL as JSON.
 *
 * @throws {Refusal} `input_invalid` for text with NUL or a lone surrogate, which only one engine could store
 * @throws {TypeError} for anything else: a bug
 */
export function toBindable(value: unknown): string | number | bigint | Uint8Array | null {
  if (typeof value === 'string') {
    if (isStorable(value)) return value
    throw new Refusal('input_invalid', { detail: 'text holds a character that cannot be kept' })
  }
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (value === null || typeof value === 'bigint' || value instanceof Uint8Array) return value
  throw new TypeError(`a ${value instanceof Date ? 'Date' : typeof value} cannot be a parameter`)
}

/** Parses a decimal id; undefined for a text that cannot be the id of a row. */
export function rowId(id: string): number | undefined {
  const number = /^[1-9]\d{0,15}$/.test(id) ? Number(id) : Number.NaN
  return Number.isSafeInteger(number) ? number : undefined
}

/** False for text that no stored text can equal: with NUL or a lone surrogate. */
export function isStorable(text: string): boolean {
  return !/\0|\p{Surrogate}/u.test(text)
}
