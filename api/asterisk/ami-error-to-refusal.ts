import { Refusal, type RefusalCode } from '../core/refusal.ts'
import { AmiError } from './ami-error.ts'

/** The refusal while the PBX is offline. */
export const pbxUnavailable = (cause?: unknown) => new Refusal('unavailable', { retryAfter: 2, cause })

/** Whether Asterisk reports that it has no such channel: each action words it differently. */
export const isNoSuchChannel = (err: unknown): boolean =>
  err instanceof AmiError && matchErrorText(err)?.[1] === 'not_found'

/**
 * Converts the error of an action for the core. Asterisk's message goes no further than the log: it contains
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
  // The channel has just ended, so the call is not in a state for it; events show whether the call exists.
  return new Refusal(known === 'not_found' ? 'conflict' : known, { detail, cause: err })
}

const matchErrorText = (err: AmiError) =>
  err.code === 'ami_refused' ? ERROR_TEXTS.find(([pattern]) => pattern.test(err.message)) : undefined

/** Messages of Asterisk 16 and 22. */
const ERROR_TEXTS: readonly (readonly [pattern: RegExp, code: RefusalCode, detail: string])[] = [
  [/^extension does not exist/i, 'unknown_number', 'the PBX knows no such number'],
  [
    /^(no such channel|channel specified does not exist|channel not found|channel does not exist)/i,
    'not_found',
    'this end is gone',
  ],
  [/^transfer (invalid|not permitted|failed)/i, 'conflict', 'the call cannot be transferred now'],
  [/^cannot set mute flag/i, 'conflict', 'the call is not recorded'],
  [
    // The last one is for a function that no loaded module provides.
    /^(permission denied|invalid\/unknown command|variable not set)/i,
    'not_supported',
    'this PBX does not let us',
  ],
  [/shutting down/i, 'unavailable', 'the PBX stops'],
]
