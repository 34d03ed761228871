import type { Call } from '../calls/call.ts'
import type { CallRecord, PlacedCallStore } from '../calls/call-history.ts'
import { isApiCall } from '../calls/call-id.ts'
import { isMissedBy } from '../calls/missed-calls.ts'
import { isoTime, type WebhookEvent } from './event.ts'

type LiveCall = Pick<Call, 'id' | 'state' | 'startedAt' | 'answeredAt' | 'outcome'>

/**
 * What is known of a call while it is live.
 * @param before undefined for a call that was not known
 * @param toRecord the call as the history would have it, if it ended now
 */
export function toLiveCallEvents<C extends LiveCall>(
  call: C,
  before: LiveCall | undefined,
  toRecord: (call: C) => CallRecord,
): WebhookEvent[] {
  const isNew = before === undefined
  const isAnswered = call.answeredAt !== undefined && before?.answeredAt === undefined
  if (!isNew && !isAnswered) return []
  const data = { ...toCallData(toRecord(call)), ended_at: null, duration: null, billable: null }
  const unfinished = { ...data, outcome: null, cause: null }
  // The caller's own phone of a call that the API placed is up before the call is answered.
  const parties = data.parties.map((party) => ({ ...party, answered: false }))
  const unanswered = { answered_at: null, parties }
  const eventOf = (type: 'call.started' | 'call.answered', at: number): WebhookEvent => ({
    type,
    key: `${type}:${call.id}`,
    at: at / 1_000_000,
    data: type === 'call.started' ? { ...unfinished, ...unanswered } : unfinished,
  })
  return [
    ...(isNew ? [eventOf('call.started', call.startedAt)] : []),
    ...(call.answeredAt !== undefined && isAnswered ? [eventOf('call.answered', call.answeredAt)] : []),
  ]
}

/**
 * Adds the number that was dialed to calls that the API placed. The PBX names it only once the caller's own phone is up.
 * @throws what the store throws
 */
export function withDialedNumbers(
  events: readonly WebhookEvent[],
  placedCalls: Pick<PlacedCallStore, 'find'>,
): Promise<WebhookEvent[]> {
  return Promise.all(
    events.map(async (event) => {
      const { call_id: id, to } = event.data as Partial<ReturnType<typeof toCallData>> // of any type of event
      if (id === undefined || to === undefined || to.number !== '' || !isApiCall(id)) return event
      const placed = await placedCalls.find(id)
      if (placed === undefined) return event
      return { ...event, data: { ...event.data, to: { ...to, number: placed.number } } }
    }),
  )
}

/** Of a call that is stored in the history. */
export function toEndedCallEvents(record: CallRecord): WebhookEvent[] {
  const { id, endedAt: at, recordings } = record
  const data = toCallData(record)
  const missedBy = [...new Set(record.parties.map(({ userId }) => userId))].filter((userId) =>
    isMissedBy(record, userId),
  )
  const missed: WebhookEvent = {
    type: 'call.missed',
    key: `call.missed:${id}`,
    at,
    data: { ...data, missed_by: missedBy },
  }
  return [
    { type: 'call.ended', key: `call.ended:${id}`, at, data },
    ...(missedBy.length > 0 ? [missed] : []),
    ...recordings.map((path, index): WebhookEvent => {
      const name = path.slice(path.lastIndexOf('/') + 1)
      const recording = { call_id: id, recording: index + 1, name, ended_at: data.ended_at }
      return {
        type: 'recording.ready',
        key: `recording.ready:${id}:${index + 1}`,
        at,
        data: { ...recording, parties: data.parties },
      }
    }),
  ]
}

/** The members of a past call of `/api/v1` that do not depend on its reader. */
const toCallData = (record: CallRecord) => ({
  call_id: record.id,
  direction: record.direction,
  from: { number: record.fromNumber, name: record.fromName },
  to: { number: record.toNumber, name: record.toName },
  started_at: isoTime(record.startedAt),
  answered_at: record.answeredAt === null ? null : isoTime(record.answeredAt),
  ended_at: isoTime(record.endedAt),
  duration: record.duration,
  billable: record.billable,
  outcome: record.outcome,
  cause: record.cause,
  parties: record.parties.map(({ userId, extension, answered }) => ({
    user_id: userId,
    extension,
    answered,
  })),
})
