import type { CallRecord, HistoryFilter, HistoryStore } from '../../core/calls/call-history.ts'
import { csvHeader, csvRowWriter, type Delimiter } from '../csv-writer.ts'
import { iso } from './history-wire.ts'

const HISTORY_COLUMNS: Readonly<Record<string, (one: CallRecord) => string | number>> = {
  id: (one) => one.id,
  direction: (one) => one.direction,
  from_number: (one) => one.fromNumber,
  from_name: (one) => one.fromName,
  to_number: (one) => one.toNumber,
  to_name: (one) => one.toName,
  started_at: (one) => iso(one.startedAt),
  answered_at: (one) => (one.answeredAt === null ? '' : iso(one.answeredAt)),
  ended_at: (one) => iso(one.endedAt),
  duration: (one) => one.duration,
  billable: (one) => one.billable,
  outcome: (one) => one.outcome,
  cause: (one) => one.cause ?? '',
  recorded: (one) => String(one.recordings.length > 0),
  extensions: (one) => one.parties.map((party) => party.extension).join(' '),
}

/** Calls that are in memory at once. */
const PAGE_SIZE = 500

/**
 * All calls that fit, as RFC 4180 has it, read as fast as the client takes them.
 * @returns once the first page is there, so that a store that is away is told while it still can be
 */
export async function streamHistoryCsv(
  history: Pick<HistoryStore, 'list'>,
  filter: HistoryFilter,
  delimiter: Delimiter = ',',
): Promise<ReadableStream<Uint8Array>> {
  const first = await history.list(filter, { limit: PAGE_SIZE })
  return ReadableStream.from(csvChunks(history, filter, first, delimiter))
}

async function* csvChunks(
  history: Pick<HistoryStore, 'list'>,
  filter: HistoryFilter,
  first: readonly CallRecord[],
  delimiter: Delimiter,
): AsyncGenerator<Uint8Array> {
  const utf8 = new TextEncoder()
  const line = csvRowWriter(delimiter)
  yield utf8.encode(csvHeader(Object.keys(HISTORY_COLUMNS), delimiter))
  for (let page = first; ; ) {
    const columns = Object.values(HISTORY_COLUMNS)
    yield utf8.encode(page.map((one) => line(columns.map((of) => of(one)))).join(''))
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE_SIZE) return
    page = await history.list(filter, { after: last, limit: PAGE_SIZE })
  }
}
