import { z } from '@hono/zod-openapi'
import { bearer, type OpenApiSection, type Operation, withTag } from '../openapi.ts'

export const GateProblem = z
  .object({ type: z.string(), title: z.string(), status: z.number().int(), detail: z.string().optional() })
  .openapi('GateProblem')
export const gateProblem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: GateProblem } },
})
const StreamError = z
  .object({ success: z.literal(false), error: z.string(), timestamp: z.number().int() })
  .openapi('StreamError')
const streamError = (description: string) => ({
  description,
  content: { 'application/json': { schema: StreamError } },
})
/** The gate answers for streams; the API answers a plain GET, in the softphone surface's format. */
const problemOrStreamError = (description: string) => ({
  description,
  content: { ...gateProblem('').content, ...streamError('').content },
})
const fileResponse = (description: string) => ({ description, content: { '*/*': { schema: z.string() } } })

const StreamMessage = z.record(z.string(), z.unknown()).openapi('News', {
  description: 'A whole state with its `epoch` and `seq`, or something that happened',
  example: { states: {}, epoch: 'Cr7MW2QlixZw', seq: 7 },
})
const streamResponses = {
  200: {
    description: 'With `Accept: text/event-stream` events as they come, else what there is now',
    content: { 'text/event-stream': { schema: z.string() }, 'application/json': { schema: StreamMessage } },
    headers: { ETag: { schema: { type: 'string' as const }, description: 'Of what there is now' } },
  },
  101: { description: 'With a WebSocket handshake' },
  204: { description: 'Nothing was ever published here, nor within 25 seconds' },
  304: { description: 'Nothing newer than `If-None-Match` came within 25 seconds' },
  400: { description: 'A header that would take up where another stream ended' },
}
const streamSecurity = [
  ...bearer,
  { serviceToken: ['presence:read'] },
  { queryAuthorization: [] },
  { queryTicket: [] },
]

const Channel = z.object({
  channel: z.string().openapi({
    example: 'users-state',
    description:
      '`users-state`, `me`, or `active-calls`: for admins, and for supervisors who are not limited to a team. The others read `GET /api/v1/calls`',
  }),
})
const streamOperation = (operationId: string, path: string, refusals: Operation['responses']): Operation => ({
  method: 'get',
  path,
  operationId,
  summary: 'Follow a channel',
  security: streamSecurity,
  request: { params: Channel },
  responses: { ...streamResponses, ...refusals },
})
const MEDIA_ACCESS =
  'Users read the folder of their own extension, admins all. So do supervisors, unless their team bounds them: then they read their own folder, and play their team’s recordings by links of `POST /api/v1/calls/history/{id}/recording-link`.'
const mediaOperation = (operationId: string, path: string): Operation => ({
  method: 'get',
  path,
  operationId,
  summary: 'Read a file, or a range of it',
  security: [...bearer, { serviceToken: ['recordings:read'] }, { queryAuthorization: [] }, { queryLink: [] }],
  description: MEDIA_ACCESS,
  request: {
    params: z.object({
      folder: z.string().openapi({ example: '1001' }),
      name: z.string().openapi({ example: 'hello.wav', description: 'May lie in folders below' }),
    }),
  },
  responses: {
    200: fileResponse('The file'),
    206: fileResponse('The range'),
    304: { description: 'Not changed' },
    401: gateProblem('No live token, and no link to this file'),
    403: gateProblem('Another user’s file'),
    404: gateProblem('No such file'),
    503: gateProblem('The gate cannot judge now: see Retry-After'),
  },
})

/** What nginx serves itself after the sidecar has verified the token. */
export const mediaAndStreamsSection: OpenApiSection = {
  name: 'Files and streams',
  tags: [
    { name: 'media', description: 'Recordings, for the users they are of and for those who oversee them.' },
    { name: 'streams', description: 'Events by EventSource or WebSocket; a plain GET asks once.' },
  ],
  operations: [
    ...withTag('media', '', [
      mediaOperation('media', '/media/{folder}/{name}'),
      mediaOperation('mediaAsMikopbx', '/pbxcore/softphone/recordings/{folder}/{name}'),
    ]),
    ...withTag('streams', '', [
      streamOperation('stream', '/api/v1/streams/{channel}', {
        401: problemOrStreamError('No live token or ticket'),
        403: problemOrStreamError('Not mine to follow'),
      }),
      streamOperation('streamAsMikopbx', '/pbxcore/api/module-softphone-backend/v1/sub/{channel}', {
        401: streamError('No live token or ticket'),
        403: streamError('Not mine to follow'),
      }),
    ]),
  ],
}
