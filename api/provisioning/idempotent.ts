import { ProvisioningError } from '../core/provisioning/provisioner.ts'
import { isAway } from './pbx-http-client.ts'
import { pause } from './retry.ts'

export interface Deed<T> {
  /** Looks whether it is there: safe to repeat. */
  find(): Promise<T | undefined>
  /** Makes it, or takes it away; its word that it did counts for nothing. */
  act(found?: T): Promise<void>
  /** What to tell an operator when it was said to be done and was not. */
  unconfirmed: string
  pauseMs: number
  signal: AbortSignal
}

const MOST_TRIES = 2

/**
 * Makes something that must not be made twice: only what was looked for and not found is made, also after
 * an attempt of which nobody knows the end.
 * @throws {ProvisioningError}
 */
export async function makeOnce<T>(deed: Deed<T>): Promise<T> {
  const trouble = await tryUntil(deed, (found) => found !== undefined)
  const found = await deed.find()
  if (found !== undefined) return found
  throw trouble ?? new ProvisioningError('unconfirmed', deed.unconfirmed)
}

/** Takes something away, so that it is gone at the end and nothing is taken away in its stead. */
export async function removeOnce<T>(deed: Deed<T>): Promise<void> {
  const trouble = await tryUntil(deed, (found) => found === undefined)
  if ((await deed.find()) === undefined) return
  throw trouble ?? new ProvisioningError('unconfirmed', deed.unconfirmed)
}

/** @returns why nothing is known of the last attempt, if so */
async function tryUntil<T>(
  deed: Deed<T>,
  isDone: (found: T | undefined) => boolean,
): Promise<ProvisioningError | undefined> {
  let trouble: ProvisioningError | undefined
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const found = await deed.find()
    if (isDone(found)) return undefined
    try {
      await deed.act(found)
      return undefined
    } catch (err) {
      if (!isAway(err)) throw err
      trouble = err
      await pause(deed.pauseMs, deed.signal)
    }
  }
  return trouble
}
