import { evictOldest } from '../../runtime/evict-oldest.ts'
import type { PbxEvent } from '../core/calls/pbx-events.ts'
import type { AmiClient } from './ami-client.ts'
import { isNoSuchChannel, toRefusal } from './ami-error-to-refusal.ts'
import type { AmiFailureHandler } from './ami-failure.ts'

export interface PendingHangupsNeeds {
  control: AmiClient
  now(): number
  onError: AmiFailureHandler
}

interface PendingHangup {
  cause: number
  expiresAt: number
  inProgress: boolean
  /** Whether the channel was told of while its end was asked for. */
  seenMeanwhile: boolean
}

const PENDING_TTL_MS = 60_000
const MAX_PENDING = 1_000
const MAX_ATTEMPTS = 5

/**
 * Ends channels, also those that are only about to be. A Hangup right behind its Originate is answered with "No
 * such channel" and the phone rings on, so each is kept in mind until the channel is told of: one that was over
 * already is never told of again, as no Uniqueid comes twice.
 */
export function createPendingHangups({ control, now, onError }: PendingHangupsNeeds) {
  const pending = new Map<string, PendingHangup>()

  return {
    /** @throws {Refusal} `unavailable`, `unconfirmed`; then nothing is kept in mind */
    async hangUp(id: string, cause: number) {
      evictExpired()
      // Before it is asked for: the channel may be told of before the answer comes.
      const hangup: PendingHangup = {
        cause,
        expiresAt: now() + PENDING_TTL_MS,
        inProgress: false,
        seenMeanwhile: false,
      }
      pending.delete(id)
      pending.set(id, hangup)
      evictOldest(pending, MAX_PENDING)
      try {
        await attempt(id, hangup)
      } catch (err) {
        remove(id, hangup)
        throw toRefusal(err)
      }
    },

    /** Each fact, as it comes. */
    handle(fact: PbxEvent) {
      if (fact.kind === 'channel_ended') pending.delete(fact.id)
      if (fact.kind !== 'channel') return
      const hangup = pending.get(fact.id)
      if (hangup === undefined || hangup.expiresAt < now()) return
      if (hangup.inProgress) hangup.seenMeanwhile = true
      else
        attempt(fact.id, hangup).catch((err) =>
          onError('ami_hangup_failed', 'a cancelled call could not be hung up', err),
        )
    },
  }

  async function attempt(id: string, hangup: PendingHangup) {
    hangup.inProgress = true
    try {
      for (let tries = 0; tries < MAX_ATTEMPTS; tries += 1) {
        hangup.seenMeanwhile = false
        const done = await hangUpNow(id, hangup.cause)
        if (done) return remove(id, hangup)
        if (!hangup.seenMeanwhile) return
      }
    } finally {
      hangup.inProgress = false
    }
  }

  async function hangUpNow(id: string, cause: number): Promise<boolean> {
    try {
      await control.action({ Action: 'Hangup', Channel: id, Cause: cause })
      return true
    } catch (err) {
      if (isNoSuchChannel(err)) return false
      throw err
    }
  }

  function remove(id: string, hangup: PendingHangup) {
    if (pending.get(id) === hangup) pending.delete(id)
  }

  function evictExpired() {
    for (const [id, { expiresAt }] of pending) {
      if (expiresAt >= now()) return
      pending.delete(id)
    }
  }
}
