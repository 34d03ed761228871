import { createRoute } from '@hono/zod-openapi'
import { bearer } from '../../openapi.ts'
import { commonProblems, problem } from '../responses.ts'

/** `GET /phone/socket` in the document. The HTTP server's `upgrade` event serves it (phone-socket.ts); nginx answers 426. */
export const phoneSocketRoute = createRoute({
  method: 'get',
  path: '/phone/socket',
  operationId: 'phoneSocket',
  summary: 'Connect a browser’s SIP phone to the PBX',
  description:
    'SIP over WebSocket (RFC 7118), subprotocol `sip`; also at `/pbxcore/softphone/ws`. The phone may act for the web endpoint of one’s own extension, and starts no call: `POST /calls` does. Close codes: 4401 the session is over, 4429 too many phones, 1008 misuse, 1012 and 1013 connect again.',
  tags: ['phone socket'],
  security: [...bearer, { queryAuthorization: [] }, { queryTicket: [] }],
  responses: {
    101: { description: 'It is open' },
    default: { description: 'Only 101 opens it' },
    426: problem('No WebSocket handshake'),
    429: problem('Too many handshakes of this user at once'),
    501: problem('This installation takes no browser phones'),
    ...commonProblems,
  },
})
