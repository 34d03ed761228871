import type { MailQueueState } from '../../../core/system/system-status.ts'
import type { Database } from '../database.ts'

export async function readMailQueueState({ query }: Pick<Database, 'query'>): Promise<MailQueueState> {
  const { waiting } = await query
    .selectFrom('mail_queue')
    .select((of) => of.fn.countAll<number>().as('waiting'))
    .executeTakeFirstOrThrow()
  const { failing, since } = await query
    .selectFrom('mail_queue')
    .select((of) => [of.fn.countAll<number>().as('failing'), of.fn.min('created_at').as('since')])
    .where('last_error', 'is not', null)
    .executeTakeFirstOrThrow()
  const last = await query
    .selectFrom('mail_queue')
    .select('last_error')
    .where('last_error', 'is not', null)
    .orderBy('next_try_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return {
    waiting,
    failing,
    failingSince: since ?? undefined,
    lastError: last?.last_error ?? undefined,
  }
}
