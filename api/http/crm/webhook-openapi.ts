import { createErrorResponses, json, jsonBody, type Operation } from '../openapi.ts'
import { crmErrorFormat, ErrorJson } from './errors.ts'
import { ReceivedJson, SignatureHeaders, TELNYX_ERRORS, TelnyxEventBody } from './webhook-wire.ts'

const errorResponses = createErrorResponses(crmErrorFormat, ErrorJson)

export const webhookOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/api/webhooks/telnyx',
    operationId: 'crmTelnyxWebhook',
    summary: 'What Telnyx tells',
    description:
      'Each event is kept once, for 30 days. A message that says nothing but STOP (or QUIT, END, REVOKE, OPT OUT, CANCEL, UNSUBSCRIBE, STOP ALL, or the like in other languages) puts its sender on the do-not-call list. At most 256 kB.',
    request: { headers: SignatureHeaders, ...jsonBody(TelnyxEventBody) },
    responses: {
      200: json(ReceivedJson, 'It is kept'),
      ...errorResponses(
        ['input_invalid', 'credentials_wrong', 'input_too_large', 'not_supported', 'unavailable'],
        TELNYX_ERRORS,
      ),
    },
  },
]
