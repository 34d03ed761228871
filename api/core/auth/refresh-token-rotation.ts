import { Refusal } from '../refusal.ts'
import { type OpaqueRefreshToken, type OpaqueRefreshTokens, seal, unseal } from './refresh-token.ts'

/** Number and hash of a session's latest known opaque refresh token. */
export interface RefreshState {
  number: number
  hash: string
}

/**
 * `rotated`: the client presented the current token. `replayed`: it presented the token directly before (the parent),
 * within the grace period or before the session has recorded the child; `sealed` is the child that was issued then.
 * `reused`: it presented an older token, which was therefore copied.
 */
export type RotationResult =
  | { outcome: 'rotated' }
  | { outcome: 'replayed'; sealed: string }
  | { outcome: 'reused' }

export interface RotationStore {
  /**
   * Atomically makes `child` the current token if `presented` is the current one.
   * @param step `sessionState` is what the session recorded, in case this store lost its data
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
  /** Deletes the state of an ended session. Never throws. */
  delete(sessionId: string): Promise<void>
}

export interface Rotation {
  /**
   * Returns the child of a token: a new one for the current token; for its parent the same one again within the
   * grace period and, as the answer may have been lost, until the session has recorded it.
   * @returns undefined for an older token: it was copied
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
      const issuedChild = refreshTokens.parse(unseal(rotated.sealed, presented.text))
      if (issuedChild === undefined)
        throw new Refusal('internal', { cause: new Error('the sealed child has an invalid tag') })
      return issuedChild
    },
  }
}
