import { Refusal } from '../core/refusal.ts'
import type { AmiClient } from './ami-client.ts'
import { pbxUnavailable, toRefusal } from './ami-error-to-refusal.ts'
import type { StartTimer } from './timer.ts'

/** A digit lasts 100 ms by default, and far ends need a gap. */
const DIGIT_INTERVAL_MS = 200
const MAX_QUEUED_DIGITS = 64

export interface DtmfQueueNeeds {
  control: AmiClient
  /** Changes with each disconnect of the PBX; undefined while it is offline. */
  pbxEpoch(): string | undefined
  startTimer: StartTimer
}

/**
 * Plays the digits of each channel one after another: Asterisk plays one at a time, and two at once are one
 * sound. Digits that were requested before a disconnect are dropped, as no client expects them any more.
 */
export function createDtmfQueue({ control, pbxEpoch, startTimer }: DtmfQueueNeeds) {
  /** By channel: the number of digits still to be played, and when the last one is done. */
  const queues = new Map<string, { waiting: number; last: Promise<void> }>()

  /**
   * Resolves when Asterisk has accepted the last digit.
   * @param mayPress if given, the digits count as pressed at this end, for as long as it returns true;
   *   without it they are played to this end
   * @throws {Refusal} `unconfirmed` also when only the first ones were accepted
   */
  return async (channelId: string, digits: string, mayPress?: () => boolean): Promise<void> => {
    const queue = queues.get(channelId) ?? { waiting: 0, last: Promise.resolve() }
    if (queue.waiting + digits.length > MAX_QUEUED_DIGITS) {
      throw new Refusal('conflict', { detail: 'too many digits wait to be sent' })
    }
    queues.set(channelId, queue)
    queue.waiting += digits.length
    const epochAtRequest = pbxEpoch()
    const played = queue.last.then(() => play(channelId, digits, epochAtRequest, mayPress))
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
        if (pbxEpoch() !== epochAtRequest) throw pbxUnavailable()
        if (mayPress?.() === false)
          throw new Refusal('conflict', { detail: 'another end has come into the call' })
        // With Receive, Asterisk handles the digit as if it came from this end, including features, instead
        // of playing it to this end.
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
