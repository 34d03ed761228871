import type { Operation } from './interleaving.ts'
import type { World } from './simulation.ts'

/** What we may know of a session from outside: `maybe` when a try to end it is under way or has failed. */
export type Ended = 'no' | 'maybe' | 'yes'

/** A session as its client sees it. */
export interface Known {
  id: string
  userId: string
  kind: 'token' | 'secret'
  /** When its user was read, and when its client heard of it, in ticks. */
  readAt: number
  openedAt: number
  ended: Ended
  /** Whether its time has ever run out, if only for a moment. */
  lapsed: boolean
  /** Unix seconds: nothing of it may be good from then on. */
  overAt: number
  access: string[]
  /** Of the kind `token`. */
  refreshToken: string
  /** The secrets that were delivered, by number. */
  secrets: Map<number, string>
}

/** A deed that ends sessions: those opened before it began, and those begun before it with an older generation. */
interface Fence {
  covers(session: Known): boolean
  raisesGeneration: boolean
  from: number
  to: number | undefined
  done: boolean
}

export interface Model {
  sessions: Known[]
  /** Adds what a login delivered. */
  opened(session: Omit<Known, 'openedAt' | 'ended' | 'lapsed'>): Known
  /** Does what ends sessions, and knows them ended once it is done. */
  ending<T>(which: Pick<Fence, 'covers' | 'raisesGeneration'>, deed: () => Promise<T>): Promise<T>
  /** After the clock was moved on. */
  timePassed(): void
  /** What came out against the rules. */
  faults: string[]
}

export const newestOf = ({ secrets }: Known) => Math.max(...secrets.keys())

const atLeast = (session: Known, ended: Ended) => {
  if (session.ended !== 'yes') session.ended = ended
}

export function createModel(world: World): Model {
  const { turns, clock, database, lifetimes } = world
  const sessions: Known[] = []
  const fences: Fence[] = []
  const faults: string[] = []

  /** What a fence that is behind, or under way, means for a session. */
  function judge(session: Known, fence: Fence) {
    if (!fence.covers(session)) return
    if (fence.to !== undefined && fence.to < session.readAt) return
    const before = session.openedAt < fence.from || (fence.raisesGeneration && session.readAt < fence.from)
    atLeast(session, fence.done && before ? 'yes' : 'maybe')
  }

  function noteLapse(session: Known) {
    const row = database.session(session.id)
    if (row === undefined || clock.nowMs / 1000 >= Math.min(row.expiresAt, row.idleExpiresAt)) {
      session.lapsed = true
    }
  }

  world.onSecurityEvent((event) => {
    if (event.event !== 'authn_token_reuse') return
    const session = sessions.find(({ id }) => id === event.sessionId)
    const it = turns.current()
    if (session === undefined || it === undefined) return
    it.foundReuse = true
    // Of a session that has ended its rotations are forgotten, too.
    if (isSurelyAlive(session) && mustForgive(session, it))
      faults.push(`${it.label}: a secret was taken for a copy, and is none`)
    atLeast(session, 'maybe')
  })

  /** The current secret, and its parent within the grace or as long as nobody got the child. */
  function mustForgive(session: Known, { seen }: Operation): boolean {
    if (seen === undefined || seen.presented < seen.current - 1) return false
    const noted = database.session(session.id)?.refresh?.number ?? 0
    return seen.presented >= seen.current || seen.ageMs < lifetimes.graceMs || noted === seen.presented
  }

  return {
    sessions,
    faults,
    opened(found) {
      const session: Known = { ...found, openedAt: turns.tick(), ended: 'no', lapsed: false }
      for (const fence of fences) judge(session, fence)
      noteLapse(session)
      sessions.push(session)
      return session
    },
    async ending(which, deed) {
      const fence: Fence = { ...which, from: turns.tick(), to: undefined, done: false }
      fences.push(fence)
      for (const session of sessions) judge(session, fence)
      try {
        const result = await deed()
        fence.done = true
        return result
      } finally {
        fence.to = turns.tick()
        for (const session of sessions) judge(session, fence)
      }
    },
    timePassed() {
      for (const session of sessions) noteLapse(session)
    },
  }
}

/** Nothing ended it, and its time has not run out: it must go on. */
export const isSurelyAlive = ({ ended, lapsed }: Known) => ended === 'no' && !lapsed
