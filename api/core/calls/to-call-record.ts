import type { Call, Leg } from './call.ts'
import type { CallParty, CallRecord } from './call-history.ts'
import type { PbxTime } from './pbx-events.ts'

/** The user of an endpoint; undefined for trunks and phones without a user. */
export type FindPhoneOwner = (endpoint: string) => PhoneOwner | undefined
type PhoneOwner = Pick<CallParty, 'userId' | 'extension'>

/** The files of a call's recordings in order, relative to the media root. */
export type RecordingNames = (call: Call) => readonly string[]

/**
 * Converts an ended call into its history record. Callers choose their names and numbers: these are
 * truncated, and freed of characters that could break a line, a page or a table.
 *
 * @throws {TypeError} for a call that has not ended: a programming error
 */
export function toCallRecord(
  call: Call,
  findPhoneOwner: FindPhoneOwner,
  recordingNames: RecordingNames,
): CallRecord {
  const { startedAt, answeredAt, endedAt } = call
  if (endedAt === undefined) throw new TypeError('a call is recorded when it is over')
  return {
    id: call.id,
    direction: call.direction,
    fromNumber: sanitize(call.from.number, 64),
    fromName: sanitize(call.from.name, 128),
    toNumber: sanitize(call.to.number, 64),
    toName: sanitize(call.to.name, 128),
    startedAt: toSeconds(startedAt),
    answeredAt: answeredAt === undefined ? null : toSeconds(answeredAt),
    endedAt: toSeconds(endedAt),
    duration: secondsBetween(startedAt, endedAt),
    billable: answeredAt === undefined ? 0 : secondsBetween(answeredAt, endedAt),
    outcome: call.outcome ?? 'unknown',
    cause: call.cause ?? null,
    recordings: recordingNames(call),
    parties: partiesIn(call, findPhoneOwner),
  }
}

function partiesIn(call: Call, findPhoneOwner: FindPhoneOwner): readonly CallParty[] {
  const legsOf = new Map<string, { owner: PhoneOwner; legs: Leg[] }>()
  for (const leg of call.legs) {
    const owner = leg.endpoint === undefined ? undefined : findPhoneOwner(leg.endpoint)
    if (owner === undefined) continue
    const key = `${owner.userId} ${owner.extension}`
    // One extension may have several phones.
    const entry = legsOf.get(key) ?? { owner, legs: [] }
    legsOf.set(key, { ...entry, legs: [...entry.legs, leg] })
  }
  return [...legsOf.values()].map(({ owner: { userId, extension }, legs }) => ({
    ...{ userId, extension },
    answered: legs.some(({ answeredAt }) => answeredAt !== undefined),
    ...(legs.every(({ role, refused }) => role === 'callee' && refused === undefined) && {
      called: true as const,
    }),
  }))
}

/** Replaces half surrogates; drops controls, line separators and marks that change the reading direction. */
function sanitize(text: string, maxLength: number): string {
  const readable = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, '')
    .trim()
  return [...readable].slice(0, maxLength).join('')
}

const toSeconds = (at: PbxTime) => Math.floor(at / 1_000_000)
const secondsBetween = (start: PbxTime, end: PbxTime) => Math.max(0, Math.floor((end - start) / 1_000_000))
