import type { ExpressionBuilder, ExpressionWrapper, SqlBool, Transaction } from 'kysely'
import type { RevocationRecord } from '../../../core/auth/revocations.ts'
import { toSessionEnded } from '../../../core/webhooks/account-events.ts'
import { rowId } from '../bind.ts'
import { signOffAgent } from '../call-center/agent-sign-off.ts'
import type { Tables } from '../tables.ts'
import { queueEvents } from '../webhooks/queue-events.ts'
import { insertRevocation } from './revocations.ts'

/** Which of the user's sessions. */
type SessionCondition = (
  is: ExpressionBuilder<Tables, 'sessions'>,
) => ExpressionWrapper<Tables, 'sessions', SqlBool>

/**
 * Ends active sessions of a user, signs off the user's agent, queues the events and inserts the revocations.
 * @returns the revocations
 */
export async function endSessions(
  trx: Transaction<Tables>,
  userId: string,
  { atS, reason, where }: { atS: number; reason: string; where?: SessionCondition | undefined },
): Promise<RevocationRecord[]> {
  let query = trx
    .updateTable('sessions')
    .set({ ended_at: atS, end_reason: reason })
    .where('user_id', '=', rowId(userId) ?? 0)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', atS)
  if (where !== undefined) query = query.where(where)
  const ended = await query.returning(['id', 'expires_at']).execute()
  if (ended.length > 0) await signOffAgent(trx, rowId(userId) ?? 0, atS)
  await queueEvents(
    trx,
    ended.map(({ id }) => toSessionEnded({ id, userId }, atS, reason)),
  )
  const entries: RevocationRecord[] = []
  for (const { id, expires_at } of ended)
    entries.push(await insertRevocation(trx, { kind: 'sid', key: id, generation: 0, until: expires_at }))
  return entries
}
