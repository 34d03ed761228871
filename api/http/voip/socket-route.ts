import { createRoute, z } from '@hono/zod-openapi'
import { bearer, GUARD_ERRORS, json } from '../openapi.ts'
import { errorResponses } from './errors.ts'
import { ErrorJson } from './responses.ts'

/** `GET /ws` in the document. The HTTP server's `upgrade` event serves it (socket.ts); nginx answers 426. */
export const socketRoute = createRoute({
  method: 'get',
  path: '/ws',
  operationId: 'voipSocket',
  summary: 'Open the WebSocket of one’s own extension',
  description:
    'Browsers offer the token as a subprotocol: `Sec-WebSocket-Protocol: bearer, <token>`. Frames are JSON with a `type`.',
  tags: ['voip socket'],
  security: [...bearer, { queryToken: [] }, { queryAuthorization: [] }, { queryTicket: [] }],
  request: { query: z.object({ extension: z.string().openapi({ example: '1001' }) }) },
  responses: {
    101: { description: 'It is open' },
    default: { description: 'Only 101 opens it' },
    426: json(ErrorJson, 'No WebSocket handshake'),
    ...errorResponses([...GUARD_ERRORS, 'input_invalid', 'forbidden']),
  },
})
