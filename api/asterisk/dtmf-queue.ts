import { Refusal } from '../core/refusal.ts'
import type { AmiTransport } from './ami-client.ts'
import { away, refusalOf } from './ami-error-to-refusal.ts'
import type { After } from './timer.ts'

/** A digit lasts 100 ms when Asterisk is told nothing else, and far ends want a gap. */
const BETWEEN_MS = 200
const MOST_WAITING = 64

export interface DigitsNeeds {
  control: AmiTransport
  /** Another one with each loss of the PBX; undefined while it is away. */
  epoch(): string | undefined
  after: After
}

/**
 * Plays digits one after another: Asterisk takes one at a time, and two at once are one sound. None is played that
 * was asked for before the PBX was lost, as by then no client expects it.
 */
export function createDigits({ control, epoch, after }: DigitsNeeds) {
  /** By channel: what is still to be played, and when it is. */
  const lines = new Map<string, { waiting: number; last: Promise<void> }>()

  /**
   * Over when the last of them is taken.
   * @param mayPress with it, they count as pressed at this end while it is true; without it, this end hears them
   * @throws {Refusal} `unconfirmed` also when only the first ones were taken
   */
  return async (channelId: string, digits: string, mayPress?: () => boolean): Promise<void> => {
    const line = lines.get(channelId) ?? { waiting: 0, last: Promise.resolve() }
    if (line.waiting + digits.length > MOST_WAITING) {
      throw new Refusal('conflict', { detail: 'too many digits wait to be sent' })
    }
    lines.set(channelId, line)
    line.waiting += digits.length
    const asked = epoch()
    const played = line.last.then(() => play(channelId, digits, asked, mayPress))
    line.last = played.then(pause, pause).then(() => {
      line.waiting -= digits.length
      if (line.waiting === 0) lines.delete(channelId)
    })
    await played
  }

  async function play(
    channelId: string,
    digits: string,
    asked: string | undefined,
    mayPress: (() => boolean) | undefined,
  ) {
    for (const [at, digit] of [...digits].entries()) {
      if (at > 0) await pause()
      try {
        if (epoch() !== asked) throw away()
        if (mayPress?.() === false)
          throw new Refusal('conflict', { detail: 'another end has come into the call' })
        // With Receive, Asterisk takes it from this end, by features as well, instead of playing it to this end.
        const Receive = mayPress !== undefined
        await control.action({ Action: 'PlayDTMF', Channel: channelId, Digit: digit, Receive })
      } catch (err) {
        if (at === 0) throw refusalOf(err)
        throw new Refusal('unconfirmed', { detail: `only ${at} digits were taken`, cause: err })
      }
    }
  }

  function pause(): Promise<void> {
    return new Promise((resolve) => {
      after(BETWEEN_MS, resolve)
    })
  }
}
