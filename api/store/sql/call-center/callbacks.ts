import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely'
import type { Scope } from '../../../core/call-center/agents/scope.ts'
import type { CallbackStore } from '../../../core/call-center/desk/create-callbacks.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import type { Tables } from '../tables.ts'
import { isReadable, toLead } from './lead-rows.ts'

export function createCallbackStore(db: Database): CallbackStore {
  const isListed =
    (scope: Scope, agentId: string | undefined) =>
    (is: ExpressionBuilder<Tables, 'leads'>): Expression<SqlBool> =>
      is.and([
        is('callback_at', 'is not', null),
        isReadable(is, scope),
        ...(agentId === undefined ? [] : [is('callback_agent_id', '=', rowId(agentId) ?? 0)]),
      ])

  return {
    async list(scope, { agentId }, { after, limit }) {
      const rows = await db.query
        .selectFrom('leads')
        .selectAll()
        .where(isListed(scope, agentId))
        .$if(after !== undefined, (query) =>
          query.where(
            sql<boolean>`(callback_at, id) > (${after?.at ?? 0}, ${rowId(after?.leadId ?? '') ?? 0})`,
          ),
        )
        .orderBy('callback_at')
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map(toLead)
    },

    async count(scope, { agentId }) {
      const { found } = await db.query
        .selectFrom('leads')
        .select((of) => of.fn.countAll().as('found'))
        .where(isListed(scope, agentId))
        .executeTakeFirstOrThrow()
      return Number(found)
    },
  }
}
