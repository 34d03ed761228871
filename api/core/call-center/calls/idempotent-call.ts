import { sha256 } from '../../../../runtime/hash.ts'
import { toApiCallId } from '../../calls/call-id.ts'
import type { IdempotencyKeys } from '../../dial-policy/dial-limits.ts'
import { Refusal } from '../../refusal.ts'
import type { AgentCall, AgentCallStore } from './agent-call.ts'
import type { Rollback } from './rollback.ts'

export interface IdempotentCallNeeds {
  idempotencyKeys: IdempotencyKeys
  agentCallStore: Pick<AgentCallStore, 'find'>
  rollback: Rollback
  newId: () => string
}

/** Places calls once for each `Idempotency-Key`. */
export function createIdempotentCall(needs: IdempotentCallNeeds) {
  const { idempotencyKeys, agentCallStore, rollback, newId } = needs

  /**
   * The same key with the same request returns the same call.
   * @param key from the client; without one the call is always placed
   * @param request all that decides which call it is
   * @param place called with the id of the new call
   * @throws {Refusal} `key_reused` for another request, `conflict` while the first request is in progress
   */
  return async (
    userId: string,
    key: string | undefined,
    request: readonly string[],
    place: (callId: string) => Promise<AgentCall>,
  ): Promise<AgentCall> => {
    const callId = toApiCallId(newId())
    if (key === undefined) return place(callId)
    // A client's own key contains no space, so this cannot be equal to the key of another surface.
    const storedKey = `desk ${key}`
    const claimedCallId = await idempotencyKeys.claim(
      userId,
      storedKey,
      sha256(JSON.stringify(request)),
      callId,
    )
    if (claimedCallId !== callId) {
      const agentCall = await agentCallStore.find(claimedCallId)
      if (agentCall !== undefined) return agentCall
      throw new Refusal('conflict', { detail: 'the first request with this Idempotency-Key is under way' })
    }
    try {
      return await place(callId)
    } catch (err) {
      await rollback.undo('the Idempotency-Key of a call that was not dialed could not be released', () =>
        idempotencyKeys.release(userId, storedKey, callId),
      )
      throw err
    }
  }
}
