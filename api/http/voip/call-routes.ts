import type { Context, Hono, MiddlewareHandler } from 'hono'
import type { Actor } from '../../core/actor.ts'
import type { CallControl } from '../../core/calls/call-control.ts'
import type { HistoryStore } from '../../core/calls/call-history.ts'
import { Refusal } from '../../core/refusal.ts'
import { readHeaders, readJson, readQuery, validateInput } from '../errors.ts'
import type { Guarded } from '../guard.ts'
import { typedAs } from '../openapi.ts'
import { bearerRequired } from './bearer-required.ts'
import { type DirectoryLookup, toConnectedCallJson, toLoggedCallJson } from './compat-wire.ts'
import * as answers from './responses.ts'
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

/** "Call Management". `channel` is the id of a call. */
export function addVoipCallRoutes(app: Hono<Guarded>, needs: VoipCallRoutesNeeds): void {
  const { signedIn, calls, history, directory, now } = needs

  app.post('/protected/call/initiate', bearerRequired, signedIn, async (c) => {
    rejectWebrtcMethod(c)
    const { target_extension: callee } = await readJson(c, wire.InitiateBody)
    const { actor } = c.var
    await requireReachable(needs, actor, callee)
    const { callId: channel } = await calls.dial(actor, { number: callee, ...idempotencyKey(c) })
    const caller = actor.claims.extension ?? null
    return c.json(
      typedAs(answers.InitiatedJson, { success: true, message: 'Call initiated', channel, caller, callee }),
    )
  })
  app.post('/protected/call/answer', bearerRequired, signedIn, async (c) => {
    const { channel } = await readJson(c, wire.ChannelBody)
    await calls.answer(c.var.actor, channel)
    return c.json(typedAs(answers.ChannelJson, { success: true, message: 'Call answered', channel }))
  })
  app.post('/protected/call/hangup', bearerRequired, signedIn, async (c) => {
    const { channel } = await readJson(c, wire.ChannelBody)
    await calls.hangup(c.var.actor, channel)
    const duration = await durationOf(c.var.actor, channel)
    return c.json(typedAs(answers.HangupJson, { success: true, message: 'Call ended', channel, duration }))
  })
  app.get('/protected/call/active', bearerRequired, signedIn, async (c) => {
    const active = await calls.list(c.var.actor)
    return c.json(
      typedAs(answers.ActiveCallsJson, {
        success: true,
        calls: active.map((call) => wire.toActiveCallJson(call, now())),
        active_calls: active.map((call) => toConnectedCallJson(call, directory)),
        count: active.length,
      }),
    )
  })
  app.get('/protected/call/logs', bearerRequired, signedIn, async (c) => {
    const { limit } = readQuery(c, wire.LogsQuery)
    const { userId } = c.var.actor
    const records = await history.list({ userId }, { limit })
    return c.json(
      typedAs(answers.CallLogsJson, {
        success: true,
        logs: records.map(wire.toPastCallJson),
        call_logs: records.map((record) => toLoggedCallJson(record, userId, directory)),
        count: records.length,
      }),
    )
  })

  /** Seconds talked; 0 for a call that is long over, which it was no fault to end again. */
  async function durationOf(actor: Actor, callId: string): Promise<number> {
    const view = await calls.find(actor, callId).catch((err) => {
      if (err instanceof Refusal && err.code === 'not_found') return undefined
      throw err
    })
    return view?.kind === 'live' ? wire.talkSeconds(view.call, now()) : 0
  }
}

/**
 * A client of the document may want a call from browser to browser, by the query or by a header: no phone may ring
 * for it.
 * @throws {Refusal} `not_supported` for such a call, `input_invalid` for a method that is none
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

/** The document says both as a bad request: calling oneself, and calling whom no phone is registered for. */
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

/** draft-ietf-httpapi-idempotency-key-header: a client that tries again does not ring twice. */
function idempotencyKey(c: Context) {
  const header = c.req.header('idempotency-key')
  if (header === undefined) return {}
  const key = wire.IdempotencyKey.safeParse(header)
  if (!key.success)
    throw new Refusal('input_invalid', { detail: 'Idempotency-Key must be 1 to 128 printable characters' })
  return { idempotencyKey: key.data }
}
