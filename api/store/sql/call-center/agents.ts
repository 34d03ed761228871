import type { Kysely, Transaction } from 'kysely'
import type { UserChange } from '../../../core/auth/users.ts'
import type { Agent, AgentStore } from '../../../core/call-center/agents/agent.ts'
import { endsTokens } from '../../../core/call-center/agents/team-change.ts'
import { QUARANTINE_S } from '../../../core/provisioning/extensions.ts'
import { Refusal } from '../../../core/refusal.ts'
import { addUser, bumpGenerationIn, changeUser, rethrowConflict } from '../auth/user-rows.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { UniqueViolation } from '../errors.ts'
import type { Tables } from '../tables.ts'
import { createAgentStatuses } from './agent-statuses.ts'
import { inScope } from './scope.ts'
import { versionConflict } from './version-conflict.ts'

/** @param quarantine seconds until a released extension may be assigned again */
export function createAgentStore(db: Database, quarantine: number = QUARANTINE_S): AgentStore {
  const agents = () =>
    db.query
      .selectFrom('agents')
      .leftJoin('users', 'users.id', 'agents.user_id')
      .selectAll('agents')
      .select(['users.username', 'users.extension', 'users.role', 'users.disabled'])
  type Row = Awaited<ReturnType<ReturnType<typeof agents>['executeTakeFirstOrThrow']>>

  async function byId(id: number): Promise<Agent | undefined> {
    const row = await agents().where('agents.id', '=', id).executeTakeFirst()
    return row && toAgent(row)
  }
  async function byUser(userId: number): Promise<Agent | undefined> {
    const row = await agents().where('agents.user_id', '=', userId).executeTakeFirst()
    return row && toAgent(row)
  }

  type UserUpdate = { change: Pick<UserChange, 'role' | 'extension'>; until: number; now: number }
  const updateUser = (trx: Transaction<Tables>, userId: string, { change, ...at }: UserUpdate) =>
    changeUser(trx, userId, change, { ...at, quarantine }).catch(rethrowConflict)

  const toAgent = (row: Row): Agent => ({
    id: String(row.id),
    userId: row.user_id === null ? null : String(row.user_id),
    name: row.name,
    kind: row.kind,
    team: row.team,
    status: row.status,
    statusAt: row.status_at,
    breakReason: row.break_reason,
    availableFrom: row.free_from,
    username: row.username,
    extension: row.extension,
    role: row.role,
    disabled: row.disabled === 1,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  })

  return {
    async findOrCreateForUser(userId, now, nameOf) {
      const user = rowId(userId) ?? 0
      const existing = await byUser(user)
      if (existing !== undefined) return existing
      await insertAgent(db.query, { userId, name: await nameOf(), kind: 'human', team: null }, now)
        .onConflict((taken) => taken.column('user_id').doNothing())
        .execute()
      const created = await byUser(user)
      if (created === undefined) throw new TypeError('the agent was just added')
      return created
    },

    findByUser: (userId) => byUser(rowId(userId) ?? 0),

    async find(id, scope) {
      const row = await agents()
        .where('agents.id', '=', rowId(id) ?? 0)
        .where(inScope('agents', scope))
        .executeTakeFirst()
      return row && toAgent(row)
    },

    async findAll(ids) {
      if (ids.length === 0) return []
      const rows = await agents()
        .where(
          'agents.id',
          'in',
          ids.map((id) => rowId(id) ?? 0),
        )
        .execute()
      return rows.map(toAgent)
    },

    async list(scope, { afterId = '0', limit }) {
      const rows = await agents()
        .where('agents.id', '>', rowId(afterId) ?? 0)
        .where(inScope('agents', scope))
        .orderBy('agents.id')
        .limit(limit)
        .execute()
      return rows.map(toAgent)
    },

    async add({ account, extension, ...agent }, now, revokeUntil) {
      const { id } = await db
        .transaction(async (trx) => {
          const user = account && (await addUser(trx, account, { now, quarantine }).catch(rethrowConflict))
          const userId = user?.id ?? agent.userId
          const inserted = await insertAgent(trx, { ...agent, userId }, now)
            .returning('id')
            .executeTakeFirstOrThrow()
          // A new user has no tokens yet, and was added with the extension.
          if (user !== undefined || userId === null) return inserted
          await revokeForTeam(trx, userId, null, agent.team, revokeUntil)
          if (extension !== undefined)
            await updateUser(trx, userId, { change: { extension }, until: revokeUntil, now })
          return inserted
        })
        .catch((err) => {
          if (!(err instanceof UniqueViolation)) throw err
          throw new Refusal('taken', { detail: 'this user is an agent already', cause: err })
        })
      const created = await byId(id)
      if (created === undefined) throw new TypeError('the agent was just added')
      return created
    },

    async update(id, change, version, now, revokeUntil, userChange = {}) {
      const key = rowId(id) ?? 0
      await db.transaction(async (trx) => {
        // Locks the row and returns its values so far.
        const before = await trx
          .updateTable('agents')
          .set((agent) => ({ version: agent('version', '+', 1), updated_at: now }))
          .where('id', '=', key)
          .$if(version !== undefined, (query) => query.where('version', '=', version ?? 0))
          .returning(['team', 'user_id'])
          .executeTakeFirst()
        if (before === undefined) throw await versionConflict(trx, 'agents', key)
        if (Object.keys(change).length > 0) {
          await trx.updateTable('agents').set(change).where('id', '=', key).execute()
        }
        if (before.user_id !== null && Object.keys(userChange).length > 0) {
          await updateUser(trx, String(before.user_id), { change: userChange, until: revokeUntil, now })
        }
        const { team } = change
        if (team === undefined) return
        await trx.updateTable('leads').set({ team }).where('agent_id', '=', key).execute()
        if (before.user_id !== null) {
          await revokeForTeam(trx, String(before.user_id), before.team, team, revokeUntil)
        }
      })
      const changed = await byId(key)
      if (changed === undefined) throw new Refusal('not_found')
      return changed
    },

    ...createAgentStatuses(db),
  }
}

/** Revokes the user's tokens if the change of team ends them. */
async function revokeForTeam(
  trx: Transaction<Tables>,
  userId: string,
  teamBefore: string | null,
  team: string | null,
  until: number,
): Promise<void> {
  const user = await trx
    .selectFrom('users')
    .select('role')
    .where('id', '=', rowId(userId) ?? 0)
    .executeTakeFirst()
  if (endsTokens(user?.role, teamBefore, team)) await bumpGenerationIn(trx, userId, {}, until)
}

/** @param query of the pool, or of a transaction */
export function insertAgent(
  query: Kysely<Tables>,
  agent: Pick<Agent, 'userId' | 'name' | 'kind' | 'team'>,
  now: number,
) {
  return query.insertInto('agents').values({
    user_id: agent.userId === null ? null : (rowId(agent.userId) ?? 0),
    name: agent.name,
    kind: agent.kind,
    team: agent.team,
    // An agent gets no calls until they set themselves ready.
    status: 'offline',
    status_at: now,
    free_from: 0,
    version: 1,
    created_at: now,
    updated_at: now,
  })
}
