import { toUnixSeconds } from '../../../runtime/time.ts'
import type { Mail, Mailer } from './mailer.ts'

export type MailKind = 'verification' | 'invitation'

/** Mail that is to be written and sent. No secret waits in it: see `letter-writer.ts`. Times are unix seconds. */
export interface QueuedMail {
  id: string
  kind: MailKind
  recipient: string
  /** Of an invitation: its hash; of a verification: the address in normal form. */
  about: string | null
  /** This one counted. */
  tries: number
}

export interface MailQueue {
  /** Those that are due by `now`, for us alone until `until`: of two who ask, one gets each. */
  claim(now: number, until: number, limit: number): Promise<QueuedMail[]>
  postpone(mail: QueuedMail, nextTryAt: number, error: string): Promise<void>
  remove(mail: QueuedMail): Promise<void>
}

export interface OutboxNeeds {
  queue: MailQueue
  mailer: Mailer
  /** Undefined where there is nothing to be sent any more. */
  render(mail: QueuedMail): Promise<Mail | undefined>
  now: () => number
  onError(what: string, mail: Pick<QueuedMail, 'id' | 'kind' | 'tries'>, err: unknown): void
}

/** Sends what is due. Call it every second. */
export interface Outbox {
  tick(): Promise<void>
}

/** Longer than any try takes: nobody else tries meanwhile, and whoever died in it is taken over from. */
const CLAIM_S = 180
const MAX_CONCURRENT = 5
const MAX_ATTEMPTS = 20
const BASE_DELAY_S = 10
const MAX_DELAY_S = 3_600

export function createOutbox({ queue, mailer, render, now, onError }: OutboxNeeds): Outbox {
  const nowS = () => toUnixSeconds(now())

  async function send(due: QueuedMail): Promise<void> {
    try {
      const mail = await render(due)
      if (mail !== undefined) await mailer.send(mail)
    } catch (err) {
      return postponeOrDrop(due, err)
    }
    await queue.remove(due)
  }

  async function postponeOrDrop(due: QueuedMail, err: unknown): Promise<void> {
    if (due.tries >= MAX_ATTEMPTS) {
      onError('a mail is given up', due, err)
      return queue.remove(due)
    }
    onError('a mail could not be sent', due, err)
    await queue.postpone(due, nowS() + retryDelayS(due.tries), errorSummary(err))
  }

  return {
    async tick() {
      const nowAtStart = nowS()
      const due = await queue.claim(nowAtStart, nowAtStart + CLAIM_S, MAX_CONCURRENT)
      const sent = await Promise.allSettled(due.map(send))
      for (const one of sent) if (one.status === 'rejected') throw one.reason
    },
  }
}

/** 10 s after the first try, twice as long after each, never more than an hour. */
export const retryDelayS = (tries: number): number => Math.min(MAX_DELAY_S, BASE_DELAY_S * 2 ** (tries - 1))

/** For operators: one line, and not long. */
const errorSummary = (err: unknown): string =>
  (err instanceof Error ? err.message : 'unknown').replace(/\p{C}+/gu, ' ').slice(0, 300)
