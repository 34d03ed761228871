import { json, type Operation } from '../openapi.ts'
import { guardedErrors } from './errors.ts'
import { WebrtcConfigJson } from './webrtc-wire.ts'

export const webrtcOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/config/webrtc',
    operationId: 'crmWebrtc',
    summary: 'Get SIP credentials for a browser',
    description:
      'Each request lends others, good for a while and no longer than the session; the desk phone’s own stay as they are. At most three are lent for an extension, the oldest makes room. Needs extensions that are made through ARI (HOOKSWITCH_PROVISIONER=asterisk): elsewhere it is 501, and `GET /sip/credentials` has what the phone registers with.',
    responses: {
      200: json(WebrtcConfigJson, 'What a browser registers with'),
      ...guardedErrors('conflict', 'not_supported'),
    },
  },
]
