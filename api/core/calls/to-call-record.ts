import type { Call } from './call.ts'
import type { CallParty, CallRecord } from './call-history.ts'
import type { PbxTime } from './pbx-events.ts'

/** Whose phone an endpoint is; undefined for trunks and phones of nobody. */
export type FindPhoneOwner = (endpoint: string) => { userId: string; extension: string } | undefined

/** The files a call was recorded to, relative to the media root, the first first. */
export type RecordingNames = (call: Call) => readonly string[]

/**
 * What is kept of a call that is over. Names and numbers come from whoever called: they are cut to size and
 * freed of what could break a line, a page or a table.
 *
 * @throws {TypeError} for a call that is not over: a fault of ours
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
  const parties = new Map<string, CallParty>()
  for (const { endpoint, answeredAt } of call.legs) {
    const owner = endpoint === undefined ? undefined : findPhoneOwner(endpoint)
    if (owner === undefined) continue
    const { userId, extension } = owner
    const key = `${userId} ${extension}`
    // One extension may have several phones.
    const answered = answeredAt !== undefined || parties.get(key)?.answered === true
    parties.set(key, { userId, extension, answered })
  }
  return [...parties.values()]
}

/** Half surrogates are replaced; controls, line separators and marks that turn the reading direction are dropped. */
function sanitize(text: string, maxLength: number): string {
  const readable = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, '')
    .trim()
  return [...readable].slice(0, maxLength).join('')
}

const toSeconds = (at: PbxTime) => Math.floor(at / 1_000_000)
const secondsBetween = (start: PbxTime, end: PbxTime) => Math.max(0, Math.floor((end - start) / 1_000_000))
