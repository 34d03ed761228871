import { type Selectable, sql } from 'kysely'
import type {
  ProviderSessionStore,
  Session,
  SessionActivity,
  SessionStore,
} from '../../../core/auth/session-store.ts'
import { toSessionEnded, toSessionStarted } from '../../../core/webhooks/account-events.ts'
import { rowId } from '../bind.ts'
import { signOffAgent, signOffExpired } from '../call-center/agent-sign-off.ts'
import type { Database } from '../database.ts'
import type { SessionsTable } from '../tables.ts'
import { queueEvents } from '../webhooks/queue-events.ts'
import { requireAppPassword } from './app-passwords.ts'
import { endSessions } from './end-sessions.ts'
import { insertRevocation } from './revocations.ts'

export function createSessionStore(db: Database): SessionStore & ProviderSessionStore {
  const active = (userId: string, nowS: number) =>
    db.query
      .selectFrom('sessions')
      .where('user_id', '=', rowId(userId) ?? 0)
      .where('ended_at', 'is', null)
      .where('expires_at', '>', nowS)
      .where('idle_expires_at', '>', nowS)

  return {
    add: (session) =>
      db.transaction(async (trx) => {
        // Before the insert: a login must not keep an agent ready after the previous session expired.
        await signOffExpired(trx, session.createdAt, session.userId)
        await trx.insertInto('sessions').values(toRow(session)).execute()
        // After the insert, which locks the user's row: whatever revokes app passwords locks that row first.
        if (session.appPasswordId !== null) await requireAppPassword(trx, session.appPasswordId)
        await queueEvents(trx, [toSessionStarted(session)])
      }),

    async find(id) {
      const row = await db.query.selectFrom('sessions').selectAll().where('id', '=', id).executeTakeFirst()
      return row && toSession(row)
    },

    async touch(id, atS, idleExpiresAt = 0) {
      // Requests may arrive out of order.
      const later = (column: 'last_seen_at' | 'idle_expires_at', at: number) =>
        sql<number>`case when ${sql.ref(column)} < ${at} then ${at} else ${sql.ref(column)} end`
      await db.query
        .updateTable('sessions')
        .set({
          last_seen_at: later('last_seen_at', atS),
          idle_expires_at: later('idle_expires_at', idleExpiresAt),
        })
        .where('id', '=', id)
        .where((is) => is.or([is('last_seen_at', '<', atS), is('idle_expires_at', '<', idleExpiresAt)]))
        .execute()
    },

    end: (id, atS, reason) =>
      db.transaction(async (trx) => {
        const ended = await trx
          .updateTable('sessions')
          .set({ ended_at: atS, end_reason: reason })
          .where('id', '=', id)
          .where('ended_at', 'is', null)
          .returning(['user_id', 'expires_at', 'idle_expires_at'])
          .executeTakeFirst()
        if (ended === undefined) return undefined
        // An expired session signs the agent off at its expiry.
        if (Math.min(ended.expires_at, ended.idle_expires_at) > atS)
          await signOffAgent(trx, ended.user_id, atS)
        else await signOffExpired(trx, atS, String(ended.user_id))
        await queueEvents(trx, [toSessionEnded({ id, userId: String(ended.user_id) }, atS, reason)])
        return insertRevocation(trx, { kind: 'sid', key: id, generation: 0, until: ended.expires_at })
      }),

    async recordRefresh(id, { number, hash }, atS, idleExpiresAt) {
      await db.query
        .updateTable('sessions')
        .set({
          refresh_number: number,
          refresh_hash: hash,
          last_seen_at: atS,
          idle_expires_at: idleExpiresAt,
        })
        .where('id', '=', id)
        // Refreshes too may arrive out of order.
        .where((is) => is.or([is('refresh_number', 'is', null), is('refresh_number', '<', number)]))
        .execute()
    },

    async listActive(userId, nowS, { after, limit }) {
      let query = active(userId, nowS).selectAll()
      if (after !== undefined) {
        const { createdAt, id } = after
        query = query.where((is) =>
          is.or([
            is('created_at', '<', createdAt),
            is.and([is('created_at', '=', createdAt), is('id', '<', id)]),
          ]),
        )
      }
      const rows = await query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit).execute()
      return rows.map(toSession)
    },

    async findByProvider({ providerId, subject, sessionId }) {
      let query = db.query
        .selectFrom('sessions')
        .selectAll()
        .where('provider_id', '=', providerId)
        .where('ended_at', 'is', null)
      if (subject !== null) query = query.where('provider_subject', '=', subject)
      // Where the provider named no session, it ends with each session of the person there.
      if (sessionId !== null) {
        const ofSession = sessionId
        query = query.where((is) =>
          subject === null
            ? is('provider_session_id', '=', ofSession)
            : is.or([is('provider_session_id', '=', ofSession), is('provider_session_id', 'is', null)]),
        )
      }
      return (await query.execute()).map(toSession)
    },

    async countActive(userId, nowS) {
      const { sessions } = await active(userId, nowS)
        .select((of) => of.fn.countAll<number>().as('sessions'))
        .executeTakeFirstOrThrow()
      return sessions
    },

    async activityOf(userIds) {
      const ids = userIds.flatMap((id) => rowId(id) ?? [])
      const activity = new Map<string, SessionActivity>()
      for (let at = 0; at < ids.length; at += 1000) {
        const rows = await db.query
          .selectFrom('sessions')
          .select((of) => [
            'user_id',
            of.fn.max('created_at').as('lastLogin'),
            of.fn.max('last_seen_at').as('lastSeen'),
          ])
          .where('user_id', 'in', ids.slice(at, at + 1000))
          .groupBy('user_id')
          .execute()
        for (const { user_id, lastLogin, lastSeen } of rows)
          activity.set(String(user_id), { lastLogin, lastSeen })
      }
      return activity
    },

    endAll: (userId, exceptId, atS, reason) =>
      db.transaction((trx) =>
        endSessions(trx, userId, {
          ...{ atS, reason },
          where: exceptId === undefined ? undefined : (is) => is('id', '!=', exceptId),
        }),
      ),
  }
}

function toRow(session: Session): SessionsTable {
  const userId = rowId(session.userId)
  if (userId === undefined) throw new TypeError('a session belongs to a user id')
  return {
    id: session.id,
    user_id: userId,
    surface: session.surface,
    generation: session.generation,
    created_at: session.createdAt,
    last_seen_at: session.lastSeenAt,
    expires_at: session.expiresAt,
    address: session.address,
    user_agent: session.userAgent,
    ended_at: session.endedAt,
    end_reason: session.endReason,
    remember: session.remember ? 1 : 0,
    idle_expires_at: session.idleExpiresAt,
    refresh_number: session.refresh?.number ?? null,
    refresh_hash: session.refresh?.hash ?? null,
    provider_id: session.provider?.id ?? null,
    provider_subject: session.provider?.subject ?? null,
    provider_session_id: session.provider?.sessionId ?? null,
    app_password_id: session.appPasswordId === null ? null : (rowId(session.appPasswordId) ?? null),
  }
}

function toSession(row: Selectable<SessionsTable>): Session {
  return {
    id: row.id,
    userId: String(row.user_id),
    surface: row.surface,
    generation: row.generation,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    expiresAt: row.expires_at,
    address: row.address,
    userAgent: row.user_agent,
    endedAt: row.ended_at,
    endReason: row.end_reason,
    appPasswordId: row.app_password_id === null ? null : String(row.app_password_id),
    remember: row.remember === 1,
    idleExpiresAt: row.idle_expires_at,
    refresh:
      row.refresh_number === null || row.refresh_hash === null
        ? null
        : { number: row.refresh_number, hash: row.refresh_hash },
    ...(row.provider_id === null || row.provider_subject === null
      ? {}
      : {
          provider: {
            id: row.provider_id,
            subject: row.provider_subject,
            sessionId: row.provider_session_id,
          },
        }),
  }
}
