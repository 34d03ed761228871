import { defaultDatabaseUrl } from '../../../api/config/config.ts'
import type { CallRecord } from '../../../api/core/calls/call-history.ts'
import { createCallHistoryStore } from '../../../api/store/sql/calls/call-history.ts'
import { openDatabase } from '../../../api/store/sql/database.ts'

const BATCH = 500

/** Stores past calls in the database of a running stack. */
export async function seedHistory(data: string, calls: readonly CallRecord[]): Promise<void> {
  const db = await openDatabase(defaultDatabaseUrl(data))
  try {
    const history = createCallHistoryStore(db)
    for (let start = 0; start < calls.length; start += BATCH) {
      await history.save(calls.slice(start, start + BATCH))
    }
  } finally {
    await db.close()
  }
}

/** An incoming call of 30 s that a user has answered; each part can be another one. */
export function pastCall(
  user: { userId: string; extension: string },
  { id, startedAt, ...other }: Partial<CallRecord> & Pick<CallRecord, 'id' | 'startedAt'>,
): CallRecord {
  return {
    id,
    direction: 'incoming',
    fromNumber: '+4930123456',
    fromName: '',
    toNumber: user.extension,
    toName: '',
    startedAt,
    answeredAt: startedAt + 5,
    endedAt: startedAt + 35,
    duration: 35,
    billable: 30,
    outcome: 'answered',
    cause: 16,
    recordings: [],
    parties: [{ userId: user.userId, extension: user.extension, answered: true, called: true }],
    ...other,
  }
}
