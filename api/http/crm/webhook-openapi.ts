import { json, type Operation, refusing, taking } from '../openapi.ts'
import { Refused, speech } from './errors.ts'
import { Event, Heard, SignatureHeaders, TELNYX_WORDING } from './webhook-wire.ts'

const no = refusing(speech, Refused)

export const webhookOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/api/webhooks/telnyx',
    operationId: 'crmTelnyxWebhook',
    summary: 'What Telnyx tells',
    description:
      'Each event is kept once, for 30 days. A message that says nothing but STOP (or QUIT, END, REVOKE, OPT OUT, CANCEL, UNSUBSCRIBE, STOP ALL, or the like in other languages) puts its sender on the do-not-call list. At most 256 kB.',
    request: { headers: SignatureHeaders, ...taking(Event) },
    responses: {
      200: json(Heard, 'It is kept'),
      ...no(
        ['input_invalid', 'credentials_wrong', 'input_too_large', 'not_supported', 'unavailable'],
        TELNYX_WORDING,
      ),
    },
  },
]
