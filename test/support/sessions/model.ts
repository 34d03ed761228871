import type { Operation } from './interleaving.ts'
import type { SessionSimulation } from './simulation.ts'

/** What we may know of a session from outside: `maybe` when a try to end it is under way or has failed. */
export type Ended = 'no' | 'maybe' | 'yes'

/** A session as its client sees it. */
export interface ModelSession {
  id: string
  userId: string
  kind: 'jwt' | 'opaque'
  /** When its user was read, and when its client got the answer, in ticks. */
  readAt: number
  openedAt: number
  ended: Ended
  /** Whether its time has ever run out, if only for a moment. */
  hasExpired: boolean
  /** Unix seconds: nothing of it may be good from then on. */
  validUntil: number
  access: string[]
  /** Of the kind `token`. */
  refreshToken: string
  /** The secrets that were delivered, by number. */
  secrets: Map<number, string>
}

/** A deed that ends sessions: those opened before it began, and those begun before it with an older generation. */
interface SessionEnding {
  covers(session: ModelSession): boolean
  raisesGeneration: boolean
  from: number
  to: number | undefined
  done: boolean
}

export interface Model {
  sessions: ModelSession[]
  /** Adds what a login delivered. */
  addSession(session: Omit<ModelSession, 'openedAt' | 'ended' | 'hasExpired'>): ModelSession
  /** Does what ends sessions, and knows them ended once it is done. */
  endSessions<T>(
    which: Pick<SessionEnding, 'covers' | 'raisesGeneration'>,
    deed: () => Promise<T>,
  ): Promise<T>
  /** After the clock was moved on. */
  markExpired(): void
  /** What came out against the rules. */
  violations: string[]
}

export const newestOf = ({ secrets }: ModelSession) => Math.max(...secrets.keys())

const raiseEnded = (session: ModelSession, ended: Ended) => {
  if (session.ended !== 'yes') session.ended = ended
}

export function createModel(world: SessionSimulation): Model {
  const { interleaving, clock, database, lifetimes } = world
  const sessions: ModelSession[] = []
  const endings: SessionEnding[] = []
  const violations: string[] = []

  /** What a fence that is behind, or under way, means for a session. */
  function applyEnding(session: ModelSession, fence: SessionEnding) {
    if (!fence.covers(session)) return
    if (fence.to !== undefined && fence.to < session.readAt) return
    const before = session.openedAt < fence.from || (fence.raisesGeneration && session.readAt < fence.from)
    raiseEnded(session, fence.done && before ? 'yes' : 'maybe')
  }

  function noteExpiry(session: ModelSession) {
    const row = database.session(session.id)
    if (row === undefined || clock.nowMs / 1000 >= Math.min(row.expiresAt, row.idleExpiresAt)) {
      session.hasExpired = true
    }
  }

  world.onSecurityEvent((event) => {
    if (event.event !== 'authn_token_reuse') return
    const session = sessions.find(({ id }) => id === event.sessionId)
    const it = interleaving.current()
    if (session === undefined || it === undefined) return
    it.foundReuse = true
    // Of a session that has ended its rotations are forgotten, too.
    if (mustBeAlive(session) && mustAccept(session, it))
      violations.push(`${it.label}: a secret was taken for a copy, and is none`)
    raiseEnded(session, 'maybe')
  })

  /** The current secret, and its parent within the grace or as long as no client got the child. */
  function mustAccept(session: ModelSession, { rotationAttempt }: Operation): boolean {
    if (rotationAttempt === undefined || rotationAttempt.presented < rotationAttempt.current - 1) return false
    const noted = database.session(session.id)?.refresh?.number ?? 0
    return (
      rotationAttempt.presented >= rotationAttempt.current ||
      rotationAttempt.ageMs < lifetimes.graceMs ||
      noted === rotationAttempt.presented
    )
  }

  return {
    sessions,
    violations,
    addSession(found) {
      const session: ModelSession = {
        ...found,
        openedAt: interleaving.tick(),
        ended: 'no',
        hasExpired: false,
      }
      for (const fence of endings) applyEnding(session, fence)
      noteExpiry(session)
      sessions.push(session)
      return session
    },
    async endSessions(which, deed) {
      const fence: SessionEnding = { ...which, from: interleaving.tick(), to: undefined, done: false }
      endings.push(fence)
      for (const session of sessions) applyEnding(session, fence)
      try {
        const result = await deed()
        fence.done = true
        return result
      } finally {
        fence.to = interleaving.tick()
        for (const session of sessions) applyEnding(session, fence)
      }
    },
    markExpired() {
      for (const session of sessions) noteExpiry(session)
    },
  }
}

/** Nothing ended it, and its time has not run out: it must go on. */
export const mustBeAlive = ({ ended, hasExpired }: ModelSession) => ended === 'no' && !hasExpired
