import type { Mail, Mailer } from './mailer.ts'

export type MailKind = 'verification' | 'invitation'

/** Mail that is to be written and sent. No secret waits in it: see `letter-writer.ts`. Times are unix seconds. */
export interface DueMail {
  id: string
  kind: MailKind
  recipient: string
  /** Of an invitation: its hash; of a verification: the address in normal form. */
  about: string | null
  /** This one counted. */
  tries: number
}

export interface MailStore {
  /** Those that are due by `now`, for us alone until `until`: of two who ask, one gets each. */
  claim(now: number, until: number, limit: number): Promise<DueMail[]>
  postpone(mail: DueMail, nextTryAt: number, error: string): Promise<void>
  remove(mail: DueMail): Promise<void>
}

export interface OutboxNeeds {
  store: MailStore
  mailer: Mailer
  /** Undefined where there is nothing to be sent any more. */
  write(mail: DueMail): Promise<Mail | undefined>
  now: () => number
  onTrouble(what: string, mail: Pick<DueMail, 'id' | 'kind' | 'tries'>, err: unknown): void
}

/** Sends what is due. Call it every second. */
export interface Outbox {
  tend(): Promise<void>
}

/** Longer than any try takes: nobody else tries meanwhile, and whoever died in it is taken over from. */
const CLAIM_S = 180
const MOST_AT_ONCE = 5
const MOST_TRIES = 20
const FIRST_PAUSE_S = 10
const LONGEST_PAUSE_S = 3_600

export function createOutbox({ store, mailer, write, now, onTrouble }: OutboxNeeds): Outbox {
  const nowS = () => Math.floor(now() / 1000)

  async function send(due: DueMail): Promise<void> {
    try {
      const mail = await write(due)
      if (mail !== undefined) await mailer.send(mail)
    } catch (err) {
      return later(due, err)
    }
    await store.remove(due)
  }

  async function later(due: DueMail, err: unknown): Promise<void> {
    if (due.tries >= MOST_TRIES) {
      onTrouble('a mail is given up', due, err)
      return store.remove(due)
    }
    onTrouble('a mail could not be sent', due, err)
    await store.postpone(due, nowS() + pauseAfter(due.tries), wordsOf(err))
  }

  return {
    async tend() {
      const at = nowS()
      const due = await store.claim(at, at + CLAIM_S, MOST_AT_ONCE)
      const sent = await Promise.allSettled(due.map(send))
      for (const one of sent) if (one.status === 'rejected') throw one.reason
    },
  }
}

/** 10 s after the first try, twice as long after each, never more than an hour. */
export const pauseAfter = (tries: number): number =>
  Math.min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (tries - 1))

/** For operators: one line, and not long. */
const wordsOf = (err: unknown): string =>
  (err instanceof Error ? err.message : 'unknown').replace(/\p{C}+/gu, ' ').slice(0, 300)
