import { Refusal } from '../../core/refusal.ts'

/** Runs a deed on Redis; whatever goes wrong there is "try again", never a "no". */
export async function orUnavailable<T>(command: Promise<T>): Promise<T> {
  try {
    return await command
  } catch (cause) {
    throw new Refusal('unavailable', { retryAfter: 2, cause })
  }
}
