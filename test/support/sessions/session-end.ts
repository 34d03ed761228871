import { expect } from 'vitest'
import type { ModelSession } from './model.ts'
import type { SessionSimulation } from './simulation.ts'

export interface SessionEnd {
  /** Whether its client got the answer, or its time is up. */
  isOver(session: ModelSession): boolean
  /** The access and refresh tokens of what is over pass nowhere. */
  expectRejected(session: ModelSession): void
}

export function createSessionEnd(world: SessionSimulation): SessionEnd {
  const { clock, apiVerifier, gateVerifier, database } = world

  function isOver(session: ModelSession): boolean {
    const row = database.session(session.id)
    // A refresh without its answer yet may have rotated it.
    const noted = row === undefined ? 0 : Math.min(row.expiresAt, row.idleExpiresAt)
    return session.ended === 'yes' || Math.floor(clock.nowMs / 1000) >= Math.max(session.validUntil, noted)
  }

  function expectRejected(session: ModelSession) {
    for (const ruler of [gateVerifier, apiVerifier]) {
      for (const access of session.access) expect(ruler.verify(access, 'access').ok, session.id).toBe(false)
      if (session.kind === 'jwt') expect(ruler.verify(session.refreshToken, 'refresh').ok).toBe(false)
    }
  }

  return { isOver, expectRejected }
}
