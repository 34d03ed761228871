import type { CallRecord, HistoryFilter, HistoryPage, HistoryStore } from '../../core/calls/call-history.ts'
import { csvHeader, csvRowWriter, type Delimiter } from '../csv-writer.ts'
import { toIsoTime } from '../iso-time.ts'

const HISTORY_COLUMNS: Readonly<Record<string, (one: CallRecord) => string | number>> = {
  id: (one) => one.id,
  direction: (one) => one.direction,
  from_number: (one) => one.fromNumber,
  from_name: (one) => one.fromName,
  to_number: (one) => one.toNumber,
  to_name: (one) => one.toName,
  started_at: (one) => toIsoTime(one.startedAt),
  answered_at: (one) => (one.answeredAt === null ? '' : toIsoTime(one.answeredAt)),
  ended_at: (one) => toIsoTime(one.endedAt),
  duration: (one) => one.duration,
  billable: (one) => one.billable,
  outcome: (one) => one.outcome,
  cause: (one) => one.cause ?? '',
  recorded: (one) => String(one.recordings.length > 0),
  extensions: (one) => one.parties.map((party) => party.extension).join(' '),
}

/** Calls in memory at once. */
const PAGE_SIZE = 500

/**
 * Streams all matching calls as CSV (RFC 4180), page by page, as fast as the client reads.
 * @returns after the first page was read, so that a failing store still becomes an error response
 */
export async function streamHistoryCsv(
  history: Pick<HistoryStore, 'page'>,
  filter: HistoryFilter,
  delimiter: Delimiter = ',',
): Promise<ReadableStream<Uint8Array>> {
  const first = await history.page(filter, { limit: PAGE_SIZE })
  return ReadableStream.from(csvChunks(history, filter, first, delimiter))
}

async function* csvChunks(
  history: Pick<HistoryStore, 'page'>,
  filter: HistoryFilter,
  first: HistoryPage,
  delimiter: Delimiter,
): AsyncGenerator<Uint8Array> {
  const utf8 = new TextEncoder()
  const formatRow = csvRowWriter(delimiter)
  yield utf8.encode(csvHeader(Object.keys(HISTORY_COLUMNS), delimiter))
  for (let page = first; ; ) {
    const columns = Object.values(HISTORY_COLUMNS)
    yield utf8.encode(page.calls.map((one) => formatRow(columns.map((cellOf) => cellOf(one)))).join(''))
    if (page.next === undefined) return
    page = await history.page(filter, { after: page.next, limit: PAGE_SIZE })
  }
}
