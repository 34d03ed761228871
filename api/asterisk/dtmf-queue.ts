import { Refusal } from '../core/refusal.ts'
import type { AmiClient } from './ami-client.ts'
import { pbxUnavailable, toRefusal } from './ami-error-to-refusal.ts'
import type { StartTimer } from './timer.ts'

/** A digit lasts 100 ms when Asterisk is told nothing else, and far ends want a gap. */
const DIGIT_INTERVAL_MS = 200
const MAX_QUEUED_DIGITS = 64

export interface DtmfQueueNeeds {
  control: AmiClient
  /** Another one with each loss of the PBX; undefined while it is away. */
  epoch(): string | undefined
  startTimer: StartTimer
}

/**
 * Plays digits one after another: Asterisk takes one at a time, and two at once are one sound. None is played that
 * was asked for before the PBX was lost, as by then no client expects it.
 */
export function createDtmfQueue({ control, epoch, startTimer }: DtmfQueueNeeds) {
  /** By channel: what is still to be played, and when it is. */
  const queues = new Map<string, { waiting: number; last: Promise<void> }>()

  /**
   * Over when the last of them is taken.
   * @param mayPress with it, they count as pressed at this end while it is true; without it, this end hears them
   * @throws {Refusal} `unconfirmed` also when only the first ones were taken
   */
  return async (channelId: string, digits: string, mayPress?: () => boolean): Promise<void> => {
    const queue = queues.get(channelId) ?? { waiting: 0, last: Promise.resolve() }
    if (queue.waiting + digits.length > MAX_QUEUED_DIGITS) {
      throw new Refusal('conflict', { detail: 'too many digits wait to be sent' })
    }
    queues.set(channelId, queue)
    queue.waiting += digits.length
    const asked = epoch()
    const played = queue.last.then(() => play(channelId, digits, asked, mayPress))
    queue.last = played.then(pause, pause).then(() => {
      queue.waiting -= digits.length
      if (queue.waiting === 0) queues.delete(channelId)
    })
    await played
  }

  async function play(
    channelId: string,
    digits: string,
    epochAtRequest: string | undefined,
    mayPress: (() => boolean) | undefined,
  ) {
    for (const [at, digit] of [...digits].entries()) {
      if (at > 0) await pause()
      try {
        if (epoch() !== epochAtRequest) throw pbxUnavailable()
        if (mayPress?.() === false)
          throw new Refusal('conflict', { detail: 'another end has come into the call' })
        // With Receive, Asterisk takes it from this end, by features as well, instead of playing it to this end.
        const Receive = mayPress !== undefined
        await control.action({ Action: 'PlayDTMF', Channel: channelId, Digit: digit, Receive })
      } catch (err) {
        if (at === 0) throw toRefusal(err)
        throw new Refusal('unconfirmed', { detail: `only ${at} digits were taken`, cause: err })
      }
    }
  }

  function pause(): Promise<void> {
    return new Promise((resolve) => {
      startTimer(DIGIT_INTERVAL_MS, resolve)
    })
  }
}
