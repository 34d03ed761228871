import { Refusal } from '../../core/refusal.ts'

/**
 * A value as both engines keep it: text, whole or broken numbers, bytes, null, and booleans as 1 and 0.
 * Left alone, SQLite would store a Date or an object as NULL without a word, and PostgreSQL as JSON.
 *
 * @throws {Refusal} `input_invalid` for text with a NUL or half a surrogate pair, which only one engine
 *   could keep
 * @throws {TypeError} for anything else: a fault of ours
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

/** The number behind a decimal id, or undefined for what cannot be an id of ours. */
export function rowId(id: string): number | undefined {
  const number = /^[1-9]\d{0,15}$/.test(id) ? Number(id) : Number.NaN
  return Number.isSafeInteger(number) ? number : undefined
}

/** False for text that nothing in the tables can equal: no NUL, no half of a surrogate pair is kept. */
export function isStorable(text: string): boolean {
  return !/\0|\p{Surrogate}/u.test(text)
}
