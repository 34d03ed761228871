import { Refusal } from '../../core/refusal.ts'

/** Awaits a Redis command. @throws {Refusal} `unavailable` if it fails, so that clients retry */
export async function orUnavailable<T>(command: Promise<T>): Promise<T> {
  try {
    return await command
  } catch (cause) {
    throw new Refusal('unavailable', { retryAfter: 2, cause })
  }
}
