import type { Fact } from '../core/calls/pbx-events.ts'
import type { AmiTransport } from './ami-client.ts'
import { isGone, refusalOf } from './ami-error-to-refusal.ts'

export interface HangupsNeeds {
  control: AmiTransport
  now(): number
  onTrouble(what: string, why: unknown): void
}

interface Wish {
  cause: number
  until: number
  asking: boolean
  /** Whether the channel was told of while its end was asked for. */
  heard: boolean
}

const KEPT_MS = 60_000
const MOST_WISHES = 1_000
const MOST_TRIES = 5

/**
 * Ends channels, also those that are only about to be. A Hangup right behind its Originate is answered with "No
 * such channel" and the phone rings on, so each is kept in mind until the channel is told of: one that was over
 * already is never told of again, as no Uniqueid comes twice.
 */
export function createHangups({ control, now, onTrouble }: HangupsNeeds) {
  const wishes = new Map<string, Wish>()

  return {
    /** @throws {Refusal} `unavailable`, `unconfirmed`; then nothing is kept in mind */
    async hangUp(id: string, cause: number) {
      forgetOld()
      // Before it is asked for: the channel may be told of before the answer comes.
      const wish: Wish = { cause, until: now() + KEPT_MS, asking: false, heard: false }
      wishes.delete(id)
      wishes.set(id, wish)
      try {
        await ask(id, wish)
      } catch (err) {
        forget(id, wish)
        throw refusalOf(err)
      }
    },

    /** Each fact, as it comes. */
    heard(fact: Fact) {
      if (fact.kind === 'gone') wishes.delete(fact.id)
      if (fact.kind !== 'channel') return
      const wish = wishes.get(fact.id)
      if (wish === undefined || wish.until < now()) return
      if (wish.asking) wish.heard = true
      else ask(fact.id, wish).catch((err) => onTrouble('a cancelled call could not be hung up', err))
    },
  }

  async function ask(id: string, wish: Wish) {
    wish.asking = true
    try {
      for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        wish.heard = false
        const done = await hangUpNow(id, wish.cause)
        if (done) return forget(id, wish)
        if (!wish.heard) return
      }
    } finally {
      wish.asking = false
    }
  }

  async function hangUpNow(id: string, cause: number): Promise<boolean> {
    try {
      await control.action({ Action: 'Hangup', Channel: id, Cause: cause })
      return true
    } catch (err) {
      if (isGone(err)) return false
      throw err
    }
  }

  function forget(id: string, wish: Wish) {
    if (wishes.get(id) === wish) wishes.delete(id)
  }

  function forgetOld() {
    for (const [id, { until }] of wishes) {
      if (until >= now() && wishes.size < MOST_WISHES) break
      wishes.delete(id)
    }
  }
}
