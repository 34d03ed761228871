import { randomBytes } from 'node:crypto'
import type { Judge } from '../../../contract/verdict.ts'
import type { Actor } from '../actor.ts'
import type { UserStore } from '../auth/users.ts'
import { Refusal } from '../refusal.ts'
import type { Extension, ExtensionStore } from './extensions.ts'
import { ProvisioningError } from './provisioner.ts'
import { newSipSecret, type SecretSeal } from './sip-secret.ts'
import { LENDING_MS, type Lender } from './webrtc-credential-provisioner.ts'
import type { Loan, LoanStore } from './webrtc-credential-store.ts'

/** What a browser registers with. `expiresAt` in unix seconds. */
export interface LentCredentials {
  extension: string
  password: string
  expiresAt: number
}

export interface Lending {
  /**
   * Others each time, good until `expiresAt` or the end of the actor's session, whichever comes first.
   * @throws {Refusal} `conflict` for somebody without an extension, `not_supported` for one that we did not make or
   *   on a PBX that does not lend, `unavailable`
   */
  lend(actor: Actor): Promise<LentCredentials>
  /** Takes back what is due, of ended sessions, or left half-done. Call it every second. */
  tend(): Promise<void>
}

export interface LendingNeeds {
  loans: LoanStore
  /** Undefined where no PBX is provisioned that lends. */
  lender: Lender | undefined
  extensions: Pick<ExtensionStore, 'ofUser'>
  users: Pick<UserStore, 'find'>
  judge: Pick<Judge, 'claims'>
  seal: SecretSeal
  /** Seconds. */
  ttl: number
  now: () => number
  wait(ms: number): Promise<void>
  onTrouble(what: string, err: unknown): void
}

/** A browser, another one, and the one that was reloaded. */
const MOST_OF_ONE = 3
/** Longer than any deed of the PBX takes, in seconds. */
const BUSY_S = LENDING_MS / 1000 + 3
const AT_ONCE = 20
const PAGE = 500
/** How long somebody waits for another loan of the same extension to come about or to go. */
const PATIENCE_MS = 5_000
const LOOK_MS = 100

export function createLending(needs: LendingNeeds): Lending {
  const { loans, lender, seal, onTrouble } = needs
  const nowS = () => Math.floor(needs.now() / 1000)

  async function extensionOf(userId: string): Promise<Extension> {
    const [extension, user] = await Promise.all([needs.extensions.ofUser(userId), needs.users.find(userId)])
    if (extension === undefined && (user?.extension ?? null) === null) {
      throw new Refusal('conflict', { detail: 'you have no extension to register' })
    }
    if (extension === undefined) throw notLent()
    if (extension.state === 'ready') return extension
    throw new Refusal('unavailable', { detail: 'the extension is being made', retryAfter: 5 })
  }

  /** In motion from here on: until it is settled or forgotten no other loan of the extension moves. */
  async function begin(actor: Actor, { extension, mark }: Extension, secret: string): Promise<Loan> {
    for (let waited = 0; ; waited += LOOK_MS) {
      const now = nowS()
      const loan: Loan = {
        id: `${extension}-w-${randomBytes(8).toString('hex')}`,
        extension,
        mark,
        userId: actor.userId,
        claims: actor.claims,
        sealedSecret: seal.seal(secret, extension),
        state: 'lending',
        busyUntil: now + BUSY_S,
        createdAt: needs.now(),
        expiresAt: Math.min(now + needs.ttl, actor.claims.sxp ?? Number.POSITIVE_INFINITY),
      }
      if (await loans.begin(loan)) return loan
      if (waited >= PATIENCE_MS) {
        throw new Refusal('unavailable', { detail: 'somebody else is lent this extension', retryAfter: 2 })
      }
      await needs.wait(LOOK_MS)
    }
  }

  async function takeBack(by: Lender, known: Loan, hasEnded: boolean): Promise<void> {
    const loan = await loans.move(known, { state: 'returning', busyUntil: nowS() + BUSY_S })
    if (loan === undefined) return
    const others = (await loans.ofExtension(loan.extension)).filter(
      ({ id, state }) => id !== loan.id && state === 'lent',
    )
    try {
      await by.takeBack(loan, loan.id, hasEnded || others.length === 0)
    } catch (err) {
      // Somebody else's by now, and with it nothing of ours.
      if (!(err instanceof ProvisioningError && err.code === 'taken')) throw err
    }
    await loans.forget(loan)
  }

  /** The oldest make room for one more. */
  async function makeRoom(by: Lender, extension: string): Promise<void> {
    const lent = (await loans.ofExtension(extension)).filter(({ state }) => state === 'lent')
    for (const one of surplusOf(lent, MOST_OF_ONE - 1)) {
      await takeBack(by, one, false).catch((err) => {
        throw unavailable(err)
      })
    }
  }

  const isOver = ({ claims, expiresAt }: Loan) => {
    // Its token may be renewed or not: the session counts, and the loan has an end of its own.
    const flaw = needs.judge.claims({ ...claims, exp: expiresAt })
    return flaw === 'token_revoked' || flaw === 'token_invalid'
  }

  return {
    async lend(actor) {
      const extension = await extensionOf(actor.userId)
      if (lender === undefined) throw notLent()
      await makeRoom(lender, extension.extension)
      const password = newSipSecret()
      const loan = await begin(actor, extension, password)
      try {
        await lender.lend(extension, { id: loan.id, secret: password })
      } catch (err) {
        onTrouble(`extension ${loan.extension} could not be lent`, err)
        // What came about of it is taken away as soon as somebody can.
        await loans.move(loan, { state: 'returning', busyUntil: 0 })
        throw err instanceof ProvisioningError && err.code === 'taken' ? notLent() : unavailable(err)
      }
      if ((await loans.move(loan, { state: 'lent', busyUntil: 0 })) === undefined) throw unavailable()
      return { extension: loan.extension, password, expiresAt: loan.expiresAt }
    },

    async tend() {
      if (lender === undefined) return
      const back = (some: readonly Loan[]) =>
        Promise.all(
          some.map((loan) =>
            takeBack(lender, loan, isOver(loan)).catch((err) =>
              onTrouble(`a loan of extension ${loan.extension} could not be taken back`, err),
            ),
          ),
        )
      await back(await loans.due(nowS(), AT_ONCE))
      for (let afterId = ''; ; ) {
        const page = await loans.lent({ afterId, limit: PAGE })
        const surplus = surplusOf(page)
        await back(page.filter((loan) => isOver(loan) || surplus.has(loan)))
        const last = page.at(-1)
        if (page.length < PAGE || last === undefined) return
        afterId = last.id
      }
    },
  }
}

/** The oldest of each extension that has more than `most`: two who are lent it at once may both find room. */
function surplusOf(some: readonly Loan[], most = MOST_OF_ONE): Set<Loan> {
  const newestFirst = [...some].sort((a, b) => b.createdAt - a.createdAt)
  const counts = new Map<string, number>()
  return new Set(
    newestFirst.filter(({ extension }) => {
      const count = (counts.get(extension) ?? 0) + 1
      counts.set(extension, count)
      return count > most
    }),
  )
}

const notLent = () =>
  new Refusal('not_supported', {
    detail: 'nothing can be lent for this extension: GET /sip/credentials has what its phone registers with',
  })
const unavailable = (cause?: unknown) => new Refusal('unavailable', { retryAfter: 2, cause })
