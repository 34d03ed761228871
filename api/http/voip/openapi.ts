import { z } from '@hono/zod-openapi'
import {
  bearer,
  CALL_VISIBILITY,
  createErrorResponses,
  GUARD_ERRORS,
  json,
  jsonBody,
  noAuth,
  type OpenApiSection,
  type Operation,
  withTag,
} from '../openapi.ts'
import { adminErrors, registerErrors, voipErrorFormat } from './errors.ts'
import * as answers from './responses.ts'
import * as wire from './wire.ts'

const errorResponses = createErrorResponses(voipErrorFormat, answers.ErrorJson)

const accountOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/api/login',
    operationId: 'voipLogin',
    summary: 'Log in',
    security: noAuth,
    request: jsonBody(wire.LoginBody.openapi({ example: { username: 'user1', password: 'password' } })),
    responses: {
      200: json(answers.LoginJson, 'A token of a day, and who it is of'),
      ...errorResponses([
        'credentials_missing',
        'input_invalid',
        'credentials_wrong',
        'throttled',
        'unavailable',
      ]),
    },
  },
  {
    method: 'post',
    path: '/api/register',
    operationId: 'voipRegister',
    summary: 'Make an account, where registration is open',
    description:
      'Taken (409) is also an extension whose folder of recordings holds files of a person before, and an address that a live invitation names.',
    security: noAuth,
    request: jsonBody(
      wire.RegisterBody.openapi({
        example: {
          username: 'anna',
          email: 'anna@example.org',
          password: 'correct horse',
          extension: '2001',
        },
      }),
    ),
    responses: {
      201: json(answers.RegisteredJson, 'The account'),
      ...errorResponses(['input_invalid', 'forbidden', 'taken', 'throttled', 'unavailable'], registerErrors),
    },
  },
  {
    method: 'post',
    path: '/api/refresh',
    operationId: 'voipRefresh',
    summary: 'A new token for one that still lives',
    security: bearer,
    responses: {
      200: json(answers.RefreshJson, 'The new one'),
      ...errorResponses([...GUARD_ERRORS, 'forbidden']),
    },
  },
]

const userOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/protected/profile',
    operationId: 'voipProfile',
    summary: 'Who I am',
    responses: {
      200: json(answers.SingleUserJson, 'The user of the token'),
      ...errorResponses(GUARD_ERRORS),
    },
  },
  {
    method: 'post',
    path: '/protected/logout',
    operationId: 'voipLogout',
    summary: 'End the session',
    responses: { 200: json(answers.MessageJson, 'It is over'), ...errorResponses(GUARD_ERRORS) },
  },
  {
    method: 'put',
    path: '/protected/status',
    operationId: 'voipSetStatus',
    summary: 'Say how I am',
    request: jsonBody(wire.StatusBody.openapi({ example: { status: 'away' } })),
    responses: {
      200: json(answers.StatusJson, 'Kept, and told'),
      ...errorResponses([...GUARD_ERRORS, 'input_invalid', 'throttled']),
    },
  },
  {
    method: 'get',
    path: '/protected/users/online',
    operationId: 'voipOnlineUsers',
    summary: 'Who else is there',
    responses: { 200: json(answers.UserListJson, 'All of them'), ...errorResponses(GUARD_ERRORS) },
  },
  {
    method: 'get',
    path: '/protected/users/{extension}',
    operationId: 'voipUser',
    summary: 'Whose extension it is',
    request: { params: z.object({ extension: wire.Extension.openapi({ example: '1002' }) }) },
    responses: {
      200: json(answers.SingleUserJson, 'The user'),
      ...errorResponses([...GUARD_ERRORS, 'not_found']),
    },
  },
]

const channelBody = jsonBody(wire.ChannelBody.openapi({ example: { channel: 'hk_Cr7MW2QlixZw-sBJDEs4Aw' } }))
const CALL_ERRORS = [
  ...GUARD_ERRORS,
  'input_invalid',
  'not_found',
  'forbidden',
  'conflict',
  'not_supported',
  'unconfirmed',
] as const
const callOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/protected/call/initiate',
    operationId: 'voipInitiateCall',
    summary: 'Call a user: rings my own phone, then theirs',
    request: {
      headers: wire.InitiateHeaders.extend({ 'idempotency-key': wire.IdempotencyKey.optional() }),
      query: wire.InitiateQuery,
      ...jsonBody(wire.InitiateBody.openapi({ example: { target_extension: '1002' } })),
    },
    responses: {
      200: json(answers.InitiatedJson, 'The PBX has it; `channel` is the id of the call'),
      ...errorResponses([...CALL_ERRORS, 'dial_denied', 'unknown_number', 'key_reused', 'throttled']),
    },
  },
  {
    method: 'post',
    path: '/protected/call/answer',
    operationId: 'voipAnswerCall',
    summary: 'Answer with my phone',
    request: channelBody,
    responses: { 200: json(answers.ChannelJson, 'It is answered'), ...errorResponses(CALL_ERRORS) },
  },
  {
    method: 'post',
    path: '/protected/call/hangup',
    operationId: 'voipHangUp',
    summary: 'Hang up',
    request: channelBody,
    responses: { 200: json(answers.HangupJson, 'It is over'), ...errorResponses(CALL_ERRORS) },
  },
  {
    method: 'get',
    path: '/protected/call/active',
    operationId: 'voipActiveCalls',
    summary: 'The live calls I may see',
    description: CALL_VISIBILITY,
    responses: { 200: json(answers.ActiveCallsJson, 'All of them'), ...errorResponses(GUARD_ERRORS) },
  },
  {
    method: 'get',
    path: '/protected/call/logs',
    operationId: 'voipCallLogs',
    summary: 'My past calls, the newest first',
    request: { query: wire.LogsQuery },
    responses: {
      200: json(answers.CallLogsJson, 'As many as asked for'),
      ...errorResponses([...GUARD_ERRORS, 'input_invalid']),
    },
  },
]

const ADMIN_ERRORS = [...GUARD_ERRORS, 'forbidden'] as const
const adminOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/protected/admin/users',
    operationId: 'voipAllUsers',
    summary: 'Everybody (admin)',
    request: { query: wire.UsersQuery },
    responses: {
      200: json(answers.UserPageJson, 'A page of them'),
      ...errorResponses([...ADMIN_ERRORS, 'input_invalid'], adminErrors),
    },
  },
  {
    method: 'delete',
    path: '/protected/admin/users/{id}',
    operationId: 'voipDeleteUser',
    summary: 'Remove a user, with all sessions (admin)',
    request: { params: z.object({ id: z.string().openapi({ example: '4' }) }) },
    responses: {
      200: json(answers.MessageJson, 'They are gone'),
      ...errorResponses([...ADMIN_ERRORS, 'input_invalid', 'not_found'], adminErrors),
    },
  },
  {
    method: 'get',
    path: '/protected/admin/stats',
    operationId: 'voipStats',
    summary: 'How many there are of what (admin)',
    responses: {
      200: json(answers.AdminStatsJson, 'The counts'),
      ...errorResponses(ADMIN_ERRORS, adminErrors),
    },
  },
]

const socketOperation: Operation = {
  method: 'get',
  path: '/ws',
  operationId: 'voipSocket',
  summary: 'Open the WebSocket of one’s own extension',
  description:
    'Browsers offer the token as a subprotocol: `Sec-WebSocket-Protocol: bearer, <token>`. Frames are JSON with a `type`.',
  security: [...bearer, { queryToken: [] }, { queryAuthorization: [] }, { queryTicket: [] }],
  request: { query: z.object({ extension: z.string().openapi({ example: '1001' }) }) },
  responses: {
    101: { description: 'It is open' },
    default: { description: 'Only 101 opens it' },
    426: json(answers.ErrorJson, 'No WebSocket handshake'),
    ...errorResponses([...GUARD_ERRORS, 'input_invalid', 'forbidden']),
  },
}

const guarded = (tag: string, operations: readonly Operation[]) =>
  withTag(
    tag,
    '',
    operations.map((one) => ({ ...one, security: bearer })),
  )

/** The surface of the VoIP backend, with its socket. */
export const voipOpenApi: OpenApiSection = {
  name: 'VoIP backend',
  tags: [
    { name: 'voip accounts', description: 'Tokens, and accounts where registration is open.' },
    { name: 'voip users', description: 'People and how they are.' },
    { name: 'voip calls', description: 'Calls; what is called `channel` is the id of a call.' },
    { name: 'voip admin', description: 'For the role `admin` alone.' },
    { name: 'voip socket', description: 'What happens, as it happens.' },
  ],
  operations: [
    ...withTag('voip accounts', '', accountOperations),
    ...guarded('voip users', userOperations),
    ...guarded('voip calls', callOperations),
    ...guarded('voip admin', adminOperations),
    ...withTag('voip socket', '', [socketOperation]),
  ],
}
