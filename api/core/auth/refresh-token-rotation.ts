import { Refusal } from '../refusal.ts'
import { type OpaqueRefreshToken, type OpaqueRefreshTokens, seal, unseal } from './refresh-token.ts'

/** Of a session's refresh secrets, the last one that is known: its number and hash. */
export interface RefreshState {
  number: number
  hash: string
}

/**
 * What came of presenting a secret. `again`: the direct parent, with its sealed child, within its grace or as
 * long as the session has not noted the child.
 */
export type RotationResult =
  | { outcome: 'rotated' }
  | { outcome: 'replayed'; sealed: string }
  | { outcome: 'reused' }

export interface RotationStore {
  /**
   * In one step: makes `child` the current secret if `presented` is it.
   * @param kept what the session itself knows, for when this store has lost it
   * @param expiresAt unix seconds
   * @throws {Refusal} `unavailable`
   */
  rotate(step: {
    sessionId: string
    presented: RefreshState
    child: RefreshState & { sealed: string }
    sessionState: RefreshState | null
    graceMs: number
    expiresAt: number
  }): Promise<RotationResult>
  /** Forgets a session that has ended; failing is harmless. */
  delete(sessionId: string): Promise<void>
}

export interface Rotation {
  /**
   * The child of a secret: a new one for the current secret, the same one for its parent within the grace
   * and, as its answer may have been lost, until the session has noted it.
   * @returns undefined for a secret older than that: somebody uses a copy
   */
  rotate(
    presented: OpaqueRefreshToken,
    session: { refresh: RefreshState | null; expiresAt: number },
  ): Promise<OpaqueRefreshToken | undefined>
}

export interface RotationNeeds {
  store: RotationStore
  refreshTokens: OpaqueRefreshTokens
  graceMs: number
}

export function createRotation({ store, refreshTokens, graceMs }: RotationNeeds): Rotation {
  return {
    async rotate(presented, { refresh, expiresAt }) {
      const child = refreshTokens.mint(presented.sessionId, presented.number + 1)
      const rotated = await store.rotate({
        sessionId: presented.sessionId,
        presented,
        child: { ...child, sealed: seal(child.text, presented.text) },
        sessionState: refresh,
        graceMs,
        expiresAt,
      })
      if (rotated.outcome === 'rotated') return child
      if (rotated.outcome === 'reused') return undefined
      const same = refreshTokens.parse(unseal(rotated.sealed, presented.text))
      if (same === undefined)
        throw new Refusal('internal', { cause: new Error('a sealed child is not ours') })
      return same
    },
  }
}
