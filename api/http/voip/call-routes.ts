import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import type { Actor } from '../../core/actor.ts'
import type { CallControl } from '../../core/calls/call-control.ts'
import type { HistoryStore } from '../../core/calls/call-history.ts'
import { Refusal } from '../../core/refusal.ts'
import { addRoute } from '../add-route.ts'
import { readHeaders, readJson, readQuery, validateInput } from '../errors.ts'
import type { Guarded } from '../guard.ts'
import { bearer, CALL_VISIBILITY, GUARD_ERRORS, json, jsonBody } from '../openapi.ts'
import { bearerRequired } from './bearer-required.ts'
import { type DirectoryLookup, toConnectedCallJson, toLoggedCallJson } from './compat-wire.ts'
import { errorResponses } from './errors.ts'
import * as responses from './responses.ts'
import type { PresenceReader, UserViews } from './user-view.ts'
import * as wire from './wire.ts'

export interface VoipCallRoutesNeeds {
  signedIn: MiddlewareHandler<Guarded>
  userViews: Pick<UserViews, 'requireByExtension'>
  calls: Pick<CallControl, 'dial' | 'answer' | 'hangup' | 'find' | 'list'>
  history: Pick<HistoryStore, 'list'>
  directory: DirectoryLookup
  presence: PresenceReader
  /** Unix milliseconds. */
  now: () => number
}

const tags = ['voip calls']
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

/** "Call Management". `channel` is the id of a call. */
export function addVoipCallRoutes(app: OpenAPIHono<Guarded>, needs: VoipCallRoutesNeeds): void {
  const { signedIn, calls, history, directory, now } = needs

  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/protected/call/initiate',
      operationId: 'voipInitiateCall',
      summary: 'Call a user: rings my own phone, then theirs',
      tags,
      security: bearer,
      request: {
        headers: wire.InitiateHeaders.extend({ 'idempotency-key': wire.IdempotencyKey.optional() }),
        query: wire.InitiateQuery,
        ...jsonBody(wire.InitiateBody.openapi({ example: { target_extension: '1002' } })),
      },
      responses: {
        200: json(responses.InitiatedJson, 'The PBX has it; `channel` is the id of the call'),
        ...errorResponses([...CALL_ERRORS, 'dial_denied', 'unknown_number', 'key_reused', 'throttled']),
      },
    }),
    bearerRequired,
    signedIn,
    async (c) => {
      rejectWebrtcMethod(c)
      const { target_extension: callee } = await readJson(c, wire.InitiateBody)
      const { actor } = c.var
      await requireReachable(needs, actor, callee)
      const { callId: channel } = await calls.dial(actor, { number: callee, ...idempotencyKey(c) })
      const caller = actor.claims.extension ?? null
      return c.json({ success: true, message: 'Call initiated', channel, caller, callee }, 200)
    },
  )
  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/protected/call/answer',
      operationId: 'voipAnswerCall',
      summary: 'Answer with my phone',
      tags,
      security: bearer,
      request: channelBody,
      responses: { 200: json(responses.ChannelJson, 'It is answered'), ...errorResponses(CALL_ERRORS) },
    }),
    bearerRequired,
    signedIn,
    async (c) => {
      const { channel } = await readJson(c, wire.ChannelBody)
      await calls.answer(c.var.actor, channel)
      return c.json({ success: true, message: 'Call answered', channel }, 200)
    },
  )
  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/protected/call/hangup',
      operationId: 'voipHangUp',
      summary: 'Hang up',
      tags,
      security: bearer,
      request: channelBody,
      responses: { 200: json(responses.HangupJson, 'It is over'), ...errorResponses(CALL_ERRORS) },
    }),
    bearerRequired,
    signedIn,
    async (c) => {
      const { channel } = await readJson(c, wire.ChannelBody)
      await calls.hangup(c.var.actor, channel)
      const duration = await durationOf(c.var.actor, channel)
      return c.json({ success: true, message: 'Call ended', channel, duration }, 200)
    },
  )
  addRoute(
    app,
    createRoute({
      method: 'get',
      path: '/protected/call/active',
      operationId: 'voipActiveCalls',
      summary: 'The live calls I may see',
      description: CALL_VISIBILITY,
      tags,
      security: bearer,
      responses: { 200: json(responses.ActiveCallsJson, 'All of them'), ...errorResponses(GUARD_ERRORS) },
    }),
    bearerRequired,
    signedIn,
    async (c) => {
      const active = await calls.list(c.var.actor)
      return c.json(
        {
          success: true,
          calls: active.map((call) => wire.toActiveCallJson(call, now())),
          active_calls: active.map((call) => toConnectedCallJson(call, directory)),
          count: active.length,
        },
        200,
      )
    },
  )
  addRoute(
    app,
    createRoute({
      method: 'get',
      path: '/protected/call/logs',
      operationId: 'voipCallLogs',
      summary: 'My past calls, the newest first',
      tags,
      security: bearer,
      request: { query: wire.LogsQuery },
      responses: {
        200: json(responses.CallLogsJson, 'As many as asked for'),
        ...errorResponses([...GUARD_ERRORS, 'input_invalid']),
      },
    }),
    bearerRequired,
    signedIn,
    async (c) => {
      const { limit } = readQuery(c, wire.LogsQuery)
      const { userId } = c.var.actor
      const records = await history.list({ userId }, { limit })
      return c.json(
        {
          success: true,
          logs: records.map(wire.toPastCallJson),
          call_logs: records.map((record) => toLoggedCallJson(record, userId, directory)),
          count: records.length,
        },
        200,
      )
    },
  )

  /** Seconds talked; 0 for a call that ended long ago: hanging up again is no error. */
  async function durationOf(actor: Actor, callId: string): Promise<number> {
    const view = await calls.find(actor, callId).catch((err) => {
      if (err instanceof Refusal && err.code === 'not_found') return undefined
      throw err
    })
    return view?.kind === 'live' ? wire.talkSeconds(view.call, now()) : 0
  }
}

/**
 * A client of the document may ask for a browser-to-browser call, by the query or by a header. No phone may ring then.
 * @throws {Refusal} `not_supported` for such a call, `input_invalid` for an unknown method
 */
function rejectWebrtcMethod(c: Context): void {
  const { 'x-call-method': header } = readHeaders(c, wire.InitiateHeaders)
  const methodParams = c.req.queries('method') ?? ['']
  const methods = methodParams.map(
    (method) => validateInput(wire.InitiateQuery, { method }, 'the query').method,
  )
  if ([header, ...methods].includes('webrtc')) {
    throw new Refusal('not_supported', { detail: 'The method webrtc is not supported: leave it out' })
  }
}

/** The document answers 400 to both: a call to oneself, and a call to an extension without a registered phone. */
async function requireReachable(
  { userViews, presence }: Pick<VoipCallRoutesNeeds, 'userViews' | 'presence'>,
  actor: Actor,
  target: string,
): Promise<void> {
  if (target === actor.claims.extension)
    throw new Refusal('input_invalid', { detail: 'Cannot call yourself' })
  await userViews.requireByExtension(target)
  if (!presence.isReachable(target)) {
    throw new Refusal('input_invalid', { detail: 'Target user is not online' })
  }
}

/** draft-ietf-httpapi-idempotency-key-header: a retry does not place a second call. */
function idempotencyKey(c: Context) {
  const header = c.req.header('idempotency-key')
  if (header === undefined) return {}
  const key = wire.IdempotencyKey.safeParse(header)
  if (!key.success)
    throw new Refusal('input_invalid', { detail: 'Idempotency-Key must be 1 to 128 printable characters' })
  return { idempotencyKey: key.data }
}
