import { randomUUID } from 'node:crypto'
import type { Kysely, Selectable } from 'kysely'
import { toAgentStatusEvent } from '../../../core/webhooks/call-center-events.ts'
import type { Tables } from '../tables.ts'
import type { AgentsTable } from '../tables-call-center.ts'
import { queueEvents } from '../webhooks/queue-events.ts'

/** What an update returns of each agent that got another status. */
export const AGENT_EVENT_COLUMNS = ['id', 'user_id', 'name', 'team', 'status', 'break_reason'] as const

type Row = Pick<Selectable<AgentsTable>, (typeof AGENT_EVENT_COLUMNS)[number]>

export const queueAgentStatus = (trx: Kysely<Tables>, rows: readonly Row[], now: number): Promise<void> =>
  queueEvents(
    trx,
    rows.map((row) =>
      toAgentStatusEvent(
        {
          id: String(row.id),
          userId: row.user_id === null ? null : String(row.user_id),
          name: row.name,
          team: row.team,
          status: row.status,
          breakReason: row.break_reason,
        },
        now,
        randomUUID(),
      ),
    ),
  )
