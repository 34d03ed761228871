import { toUnixSeconds } from '../../../runtime/time.ts'
import { errorSummary } from '../values/error-summary.ts'
import type { Mail, Mailer } from './mailer.ts'

export type MailKind = 'verification' | 'invitation' | 'password_reset'

/** A mail to render and send. It holds no secret: `render-mail.ts` creates tokens when it is sent. */
export interface QueuedMail {
  id: string
  kind: MailKind
  recipient: string
  /** Invitation: its hash. Verification and password reset: the normalized address. */
  about: string | null
  /** Including the current attempt. */
  tries: number
}

export interface MailQueue {
  /** Claims mails that are due at `now`; until `until` no other process gets them. Times are unix seconds. */
  claim(now: number, until: number, limit: number): Promise<QueuedMail[]>
  postpone(mail: QueuedMail, nextTryAt: number, error: string): Promise<void>
  remove(mail: QueuedMail): Promise<void>
}

export interface OutboxNeeds {
  queue: MailQueue
  mailer: Mailer
  /** @returns undefined if the mail is obsolete */
  render(mail: QueuedMail): Promise<Mail | undefined>
  now: () => number
  onError(message: string, mail: Pick<QueuedMail, 'id' | 'kind' | 'tries'>, err: unknown): void
}

/** Sends queued mails, with retries. Call `tick` every second. */
export interface Outbox {
  tick(): Promise<void>
}

/** Seconds; longer than any attempt takes. If the process dies, another one retries after it. */
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

/** @returns seconds after the given attempt: 10, doubled after each, at most an hour */
export const retryDelayS = (tries: number): number => Math.min(MAX_DELAY_S, BASE_DELAY_S * 2 ** (tries - 1))
