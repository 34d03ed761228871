import { z } from '@hono/zod-openapi'
import {
  bearer,
  json,
  type Operation,
  OVERSEEING,
  open,
  refusing,
  type Surface,
  TOKEN_FLAWS,
  taking,
  under,
} from '../openapi.ts'
import { adminWording, registerWording, speech } from './errors.ts'
import * as answers from './responses.ts'
import * as wire from './wire.ts'

const no = refusing(speech, answers.Refused)

const accounts: readonly Operation[] = [
  {
    method: 'post',
    path: '/api/login',
    operationId: 'voipLogin',
    summary: 'Log in',
    security: open,
    request: taking(wire.LoginBody.openapi({ example: { username: 'user1', password: 'password' } })),
    responses: {
      200: json(answers.LoggedIn, 'A token of a day, and who it is of'),
      ...no(['credentials_missing', 'input_invalid', 'credentials_wrong', 'throttled', 'unavailable']),
    },
  },
  {
    method: 'post',
    path: '/api/register',
    operationId: 'voipRegister',
    summary: 'Make an account, where registration is open',
    description:
      'Taken (409) is also an extension whose folder of recordings holds files of a person before, and an address that a live invitation names.',
    security: open,
    request: taking(
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
      201: json(answers.Registered, 'The account'),
      ...no(['input_invalid', 'forbidden', 'taken', 'throttled', 'unavailable'], registerWording),
    },
  },
  {
    method: 'post',
    path: '/api/refresh',
    operationId: 'voipRefresh',
    summary: 'A new token for one that still lives',
    security: bearer,
    responses: { 200: json(answers.Refreshed, 'The new one'), ...no([...TOKEN_FLAWS, 'forbidden']) },
  },
]

const users: readonly Operation[] = [
  {
    method: 'get',
    path: '/protected/profile',
    operationId: 'voipProfile',
    summary: 'Who I am',
    responses: { 200: json(answers.OneUser, 'The user of the token'), ...no(TOKEN_FLAWS) },
  },
  {
    method: 'post',
    path: '/protected/logout',
    operationId: 'voipLogout',
    summary: 'End the session',
    responses: { 200: json(answers.Message, 'It is over'), ...no(TOKEN_FLAWS) },
  },
  {
    method: 'put',
    path: '/protected/status',
    operationId: 'voipSetStatus',
    summary: 'Say how I am',
    request: taking(wire.StatusBody.openapi({ example: { status: 'away' } })),
    responses: {
      200: json(answers.StatusSet, 'Kept, and told'),
      ...no([...TOKEN_FLAWS, 'input_invalid', 'throttled']),
    },
  },
  {
    method: 'get',
    path: '/protected/users/online',
    operationId: 'voipOnlineUsers',
    summary: 'Who else is there',
    responses: { 200: json(answers.SomeUsers, 'All of them'), ...no(TOKEN_FLAWS) },
  },
  {
    method: 'get',
    path: '/protected/users/{extension}',
    operationId: 'voipUser',
    summary: 'Whose extension it is',
    request: { params: z.object({ extension: wire.Extension.openapi({ example: '1002' }) }) },
    responses: { 200: json(answers.OneUser, 'The user'), ...no([...TOKEN_FLAWS, 'not_found']) },
  },
]

const channelBody = taking(wire.ChannelBody.openapi({ example: { channel: 'hk_Cr7MW2QlixZw-sBJDEs4Aw' } }))
const OF_A_CALL = [
  ...TOKEN_FLAWS,
  'input_invalid',
  'not_found',
  'forbidden',
  'conflict',
  'not_supported',
  'unconfirmed',
] as const
const calls: readonly Operation[] = [
  {
    method: 'post',
    path: '/protected/call/initiate',
    operationId: 'voipInitiateCall',
    summary: 'Call a user: rings my own phone, then theirs',
    request: {
      headers: wire.InitiateHeaders.extend({ 'idempotency-key': wire.Key.optional() }),
      query: wire.InitiateQuery,
      ...taking(wire.InitiateBody.openapi({ example: { target_extension: '1002' } })),
    },
    responses: {
      200: json(answers.Initiated, 'The PBX has it; `channel` is the id of the call'),
      ...no([...OF_A_CALL, 'dial_denied', 'unknown_number', 'key_reused', 'throttled']),
    },
  },
  {
    method: 'post',
    path: '/protected/call/answer',
    operationId: 'voipAnswerCall',
    summary: 'Answer with my phone',
    request: channelBody,
    responses: { 200: json(answers.OfChannel, 'It is answered'), ...no(OF_A_CALL) },
  },
  {
    method: 'post',
    path: '/protected/call/hangup',
    operationId: 'voipHangUp',
    summary: 'Hang up',
    request: channelBody,
    responses: { 200: json(answers.HungUp, 'It is over'), ...no(OF_A_CALL) },
  },
  {
    method: 'get',
    path: '/protected/call/active',
    operationId: 'voipActiveCalls',
    summary: 'The live calls I may see',
    description: OVERSEEING,
    responses: { 200: json(answers.ActiveCalls, 'All of them'), ...no(TOKEN_FLAWS) },
  },
  {
    method: 'get',
    path: '/protected/call/logs',
    operationId: 'voipCallLogs',
    summary: 'My past calls, the newest first',
    request: { query: wire.LogsQuery },
    responses: { 200: json(answers.Logs, 'As many as asked for'), ...no([...TOKEN_FLAWS, 'input_invalid']) },
  },
]

const OF_AN_ADMIN = [...TOKEN_FLAWS, 'forbidden'] as const
const admin: readonly Operation[] = [
  {
    method: 'get',
    path: '/protected/admin/users',
    operationId: 'voipAllUsers',
    summary: 'Everybody (admin)',
    request: { query: wire.UsersQuery },
    responses: {
      200: json(answers.PageOfUsers, 'A page of them'),
      ...no([...OF_AN_ADMIN, 'input_invalid'], adminWording),
    },
  },
  {
    method: 'delete',
    path: '/protected/admin/users/{id}',
    operationId: 'voipDeleteUser',
    summary: 'Remove a user, with all sessions (admin)',
    request: { params: z.object({ id: z.string().openapi({ example: '4' }) }) },
    responses: {
      200: json(answers.Message, 'They are gone'),
      ...no([...OF_AN_ADMIN, 'input_invalid', 'not_found'], adminWording),
    },
  },
  {
    method: 'get',
    path: '/protected/admin/stats',
    operationId: 'voipStats',
    summary: 'How many there are of what (admin)',
    responses: { 200: json(answers.Stats, 'The counts'), ...no(OF_AN_ADMIN, adminWording) },
  },
]

const socket: Operation = {
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
    426: json(answers.Refused, 'No WebSocket handshake'),
    ...no([...TOKEN_FLAWS, 'input_invalid', 'forbidden']),
  },
}

const guarded = (tag: string, operations: readonly Operation[]) =>
  under(
    tag,
    '',
    operations.map((one) => ({ ...one, security: bearer })),
  )

/** The surface of the VoIP backend, with its socket. */
export const described: Surface = {
  name: 'VoIP backend',
  tags: [
    { name: 'voip accounts', description: 'Tokens, and accounts where registration is open.' },
    { name: 'voip users', description: 'People and how they are.' },
    { name: 'voip calls', description: 'Calls; what is called `channel` is the id of a call.' },
    { name: 'voip admin', description: 'For the role `admin` alone.' },
    { name: 'voip socket', description: 'What happens, as it happens.' },
  ],
  operations: [
    ...under('voip accounts', '', accounts),
    ...guarded('voip users', users),
    ...guarded('voip calls', calls),
    ...guarded('voip admin', admin),
    ...under('voip socket', '', [socket]),
  ],
}
