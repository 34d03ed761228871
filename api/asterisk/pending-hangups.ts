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
  /** Whether an event of the channel came while the hang-up was in progress. */
  seenMeanwhile: boolean
}

const PENDING_TTL_MS = 60_000
const MAX_PENDING = 1_000
const MAX_ATTEMPTS = 5

/**
 * Hangs up channels, also those that do not exist yet. A Hangup right after its Originate gets "No such
 * channel" and the phone rings on. So each hang-up stays pending until an event shows the channel; a channel
 * that has already ended never appears again, as Uniqueids are unique.
 */
export function createPendingHangups({ control, now, onError }: PendingHangupsNeeds) {
  const pending = new Map<string, PendingHangup>()

  return {
    /** @throws {Refusal} `unavailable`, `unconfirmed`; then the hang-up is not pending */
    async hangUp(id: string, cause: number) {
      evictExpired()
      // Before the action is sent: an event may show the channel before the response comes.
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

    /** Call it with each event. */
    handle(event: PbxEvent) {
      if (event.kind === 'channel_ended') pending.delete(event.id)
      if (event.kind !== 'channel') return
      const hangup = pending.get(event.id)
      if (hangup === undefined || hangup.expiresAt < now()) return
      if (hangup.inProgress) hangup.seenMeanwhile = true
      else
        attempt(event.id, hangup).catch((err) =>
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
