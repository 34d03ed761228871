import { Refusal, type RefusalCode } from '../core/refusal.ts'
import { AmiError } from './ami-error.ts'

/** What to say while there is no PBX. */
export const pbxUnavailable = (cause?: unknown) => new Refusal('unavailable', { retryAfter: 2, cause })

/** Whether Asterisk says that it has no such channel: each action words it differently. */
export const isNoSuchChannel = (err: unknown): boolean =>
  err instanceof AmiError && matchErrorText(err)?.[1] === 'not_found'

/**
 * What the core is told of an action that failed. Asterisk's own words go no further than the log: they repeat
 * contexts and channels.
 */
export function toRefusal(err: unknown): unknown {
  if (!(err instanceof AmiError)) return err
  const { code, sent } = err
  if (code === 'ami_field_invalid') return new Refusal('input_invalid', { cause: err })
  if (code === 'ami_busy') return new Refusal('unavailable', { retryAfter: 1, cause: err })
  if (code === 'ami_offline' && !sent) return pbxUnavailable(err)
  if (code !== 'ami_refused') {
    return new Refusal('unconfirmed', { detail: 'the PBX did not say whether it took it', cause: err })
  }
  const [, known = 'conflict', detail = 'the PBX refuses it'] = matchErrorText(err) ?? []
  if (known === 'unavailable') return pbxUnavailable(err)
  // A call whose channel went this moment is no longer in a state for it; whether it exists, the facts say.
  return new Refusal(known === 'not_found' ? 'conflict' : known, { detail, cause: err })
}

const matchErrorText = (err: AmiError) =>
  err.code === 'ami_refused' ? ERROR_TEXTS.find(([words]) => words.test(err.message)) : undefined

/** As Asterisk 16 and 22 say them. */
const ERROR_TEXTS: readonly (readonly [words: RegExp, code: RefusalCode, detail: string])[] = [
  [/^extension does not exist/i, 'unknown_number', 'the PBX knows no such number'],
  [
    /^(no such channel|channel specified does not exist|channel not found|channel does not exist)/i,
    'not_found',
    'this end is gone',
  ],
  [/^transfer (invalid|not permitted|failed)/i, 'conflict', 'the call cannot be transferred now'],
  [/^cannot set mute flag/i, 'conflict', 'the call is not recorded'],
  [
    // The last one is of a function that no module brings.
    /^(permission denied|invalid\/unknown command|variable not set)/i,
    'not_supported',
    'this PBX does not let us',
  ],
  [/shutting down/i, 'unavailable', 'the PBX stops'],
]
