import type { RotationResult, RotationStore } from '../../../api/core/auth/refresh-token-rotation.ts'

interface StoredRotation {
  number: number
  hash: string
  /** Of a rotation that was made here. */
  parent?: { hash: string; sealed: string; atMs: number; graceMs: number }
}

/** What was known of a session when a secret was presented. */
export interface RotationAttempt {
  presented: number
  current: number
  /** Since the current secret was made, if here. */
  ageMs: number
}

export interface MemoryRotationStore extends RotationStore {
  /** Loses everything. */
  flush(): void
}

/** The store of rotations as its contract has it, for one process. */
export function createMemoryRotationStore(
  now: () => number,
  onRotate: (seen: RotationAttempt) => void = () => {},
): MemoryRotationStore {
  const sessions = new Map<string, StoredRotation>()
  return {
    async rotate({ sessionId, presented, child, sessionState, graceMs }): Promise<RotationResult> {
      const candidates = [sessions.get(sessionId), sessionState ?? undefined, presented]
      let current: StoredRotation = { number: -1, hash: '' }
      for (const one of candidates) if (one !== undefined && one.number > current.number) current = one
      const parent = sessions.get(sessionId)?.parent
      const ageMs = parent === undefined ? Number.POSITIVE_INFINITY : now() - parent.atMs
      onRotate({ presented: presented.number, current: current.number, ageMs })

      if (presented.number === current.number && presented.hash === current.hash) {
        const { sealed, ...made } = child
        sessions.set(sessionId, {
          ...made,
          parent: { hash: presented.hash, sealed, atMs: now(), graceMs },
        })
        return { outcome: 'rotated' }
      }
      const isParent = presented.number === current.number - 1 && parent?.hash === presented.hash
      const unnoted = sessionState?.number === presented.number && sessionState.hash === presented.hash
      if (isParent && (ageMs < parent.graceMs || unnoted))
        return { outcome: 'replayed', sealed: parent.sealed }
      return { outcome: 'reused' }
    },
    async delete(sessionId) {
      sessions.delete(sessionId)
    },
    flush: () => sessions.clear(),
  }
}
