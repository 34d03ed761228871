import { z } from 'zod'
import { toUnixSeconds } from '../../../../runtime/time.ts'
import { validationMessage } from '../../../../runtime/validation-message.ts'
import type { DialPolicy } from '../../dial-policy/dial-policy.ts'
import { Refusal } from '../../refusal.ts'
import { omitOptionalNulls } from '../../values/omit-optional-nulls.ts'
import { type DoNotCallEntry, toDoNotCallEntry } from '../leads/do-not-call.ts'
import { findOptOutKeyword } from './opt-out.ts'
import type { WebhookEventStore } from './webhook-event-store.ts'
import {
  createSignatureVerifier,
  type SignatureVerifierNeeds,
  type SignedRequest,
} from './webhook-signature.ts'

/** Receives Telnyx's events about messages and calls. */
export interface TelnyxWebhook {
  /**
   * Stores an event, once. The sender of a message that opts out is added to the do-not-call list; START does not
   * remove them.
   * @returns whether the event is new
   * @throws {Refusal} `not_supported` without a key, `credentials_wrong` for a wrong signature or an old timestamp,
   *   `input_invalid`, `unavailable`
   */
  receive(request: SignedRequest): Promise<boolean>
}

export interface TelnyxWebhookNeeds extends Omit<SignatureVerifierNeeds, 'publicKey'> {
  /** Ed25519, base64 of 32 bytes; without it no event is accepted. */
  publicKey: string | undefined
  events: Pick<WebhookEventStore, 'save'>
  policy: () => Pick<DialPolicy, 'variants' | 'reservedKind'>
}

/** The members that all events have (developers.telnyx.com, "Receiving webhooks"). */
const TelnyxEvent = z.object({
  data: z.object({
    id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, _ or -'),
    event_type: z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/, 'must be 1 to 100 letters, digits, _, . or -'),
    occurred_at: z.iso.datetime({ offset: true }).optional(),
    payload: z.looseObject({}),
  }),
})

const TelnyxMessage = z.object({ text: z.string(), from: z.object({ phone_number: z.string().max(64) }) })

export function createTelnyxWebhook({
  publicKey,
  toleranceSeconds,
  events,
  policy,
  now,
}: TelnyxWebhookNeeds): TelnyxWebhook {
  const verifySignature =
    publicKey === undefined ? undefined : createSignatureVerifier({ publicKey, toleranceSeconds, now })

  return {
    async receive(request) {
      if (verifySignature === undefined) {
        throw new Refusal('not_supported', { detail: 'HOOKSWITCH_TELNYX_PUBLIC_KEY is not set' })
      }
      if (!verifySignature(request)) throw new Refusal('credentials_wrong')
      const body = decodeUtf8(request.body)
      const { id, event_type: type, occurred_at, payload } = parseEvent(body)
      const occurredAt = occurred_at === undefined ? null : toUnixSeconds(Date.parse(occurred_at))
      const receivedAt = toUnixSeconds(now())
      return events.save(
        { id, source: 'telnyx', type, occurredAt, receivedAt, body },
        type === 'message.received' ? findOptOut(payload, policy()) : undefined,
      )
    },
  }
}

/** The do-not-call entry for the sender of a message that opts out. */
function findOptOut(
  payload: unknown,
  policy: Pick<DialPolicy, 'variants' | 'reservedKind'>,
): DoNotCallEntry | undefined {
  const message = TelnyxMessage.safeParse(payload)
  if (!message.success) return undefined
  const keyword = findOptOutKeyword(message.data.text)
  if (keyword === undefined) return undefined
  try {
    return toDoNotCallEntry(message.data.from.phone_number, `opted out by message: ${keyword}`, policy)
  } catch (err) {
    // A sender may be an alphanumeric name instead of a number.
    if (err instanceof Refusal && err.code === 'input_invalid') return undefined
    throw err
  }
}

function decodeUtf8(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch (cause) {
    throw new Refusal('input_invalid', { detail: 'the body is not UTF-8', cause })
  }
}

function parseEvent(body: string): z.output<typeof TelnyxEvent>['data'] {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch (cause) {
    throw new Refusal('input_invalid', { detail: 'the body is not JSON', cause })
  }
  const event = TelnyxEvent.safeParse(omitOptionalNulls(TelnyxEvent, value))
  if (event.success) return event.data.data
  throw new Refusal('input_invalid', { detail: validationMessage(event.error) })
}
