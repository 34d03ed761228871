import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { z } from 'zod'
import type { Actor } from '../../core/actor.ts'
import type { CallControl, CallView } from '../../core/calls/call-control.ts'
import type { FindDialingActor } from '../../core/calls/dialing-actor.ts'
import type { SupervisorViews } from '../../core/calls/supervision/supervisor-views.ts'
import type { Directory } from '../../core/directory/directory.ts'
import type { Guard, Guarded } from '../guard.ts'
import { limitJsonBody } from '../json-body.ts'
import { CALL_VISIBILITY } from '../openapi.ts'
import * as wire from './call-wire.ts'
import { commonProblems, json, jsonRequest, orService, problem, security } from './responses.ts'
import { PREFIX } from './wire.ts'

export interface LiveCallRoutesNeeds {
  guard: Guard
  calls: CallControl
  findDialingActor: FindDialingActor
  directory: Pick<Directory, 'findByEndpoint'>
  isOnline(): boolean
  /** Those whom the user may know. */
  supervisorsFor: SupervisorViews['forActor']
}

const tags = ['calls']
const commandProblems = {
  ...commonProblems,
  404: problem('No such call of mine'),
  409: problem('The call is not in a state for it'),
  501: problem('Neither this PBX nor a softphone that listens can do it'),
  504: problem('It was asked for, and nothing confirmed it in time'),
}
const doneResponse = { description: 'It is done, and the PBX has confirmed it' }

/** Live calls and the commands on them. */
export function addLiveCallRoutes(app: OpenAPIHono<Guarded>, needs: LiveCallRoutesNeeds): void {
  const { calls, directory } = needs
  const signedIn = needs.guard()
  const reader = needs.guard({ service: 'calls:read' })
  const signedInJson = [signedIn, limitJsonBody]
  const extensionOf = (endpoint: string) => directory.findByEndpoint(endpoint)?.extension
  const toJson = (actor: Actor, view: CallView) =>
    wire.toCallJson(view, extensionOf, view.kind === 'live' ? needs.supervisorsFor(actor, view.call) : [])

  app.openapi(
    createRoute({
      method: 'get',
      path: '/capabilities',
      operationId: 'capabilities',
      summary: 'Which commands this PBX, or my softphone, can carry out',
      tags,
      security,
      middleware: signedIn,
      responses: { 200: json(wire.CapabilitiesJson, 'Each command and who does it'), ...commonProblems },
    }),
    (c) => c.json(wire.toCapabilitiesJson(calls.capabilities(c.var.actor)), 200),
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/calls',
      operationId: 'dial',
      summary: 'Dial: rings my own phone, then the number',
      description:
        'A service token names the user to ring first in `user_id`, and dials with that user’s rights and limits.',
      tags,
      security: orService('calls:dial'),
      middleware: [needs.guard({ service: 'calls:dial' }), limitJsonBody],
      request: {
        headers: wire.DialHeaders,
        body: { required: true, ...jsonRequest(wire.DialBody, 'Whom to call') },
      },
      responses: {
        202: {
          ...json(wire.DialJson, 'The PBX has it; the outcome comes by event, and at Location'),
          headers: { Location: { schema: { type: 'string' }, description: 'Where the call can be seen' } },
        },
        ...commandProblems,
        422: problem('No such number, or an Idempotency-Key of another request'),
        429: problem('Too many calls: see Retry-After'),
      },
    }),
    async (c) => {
      const { number, user_id, caller_number, device } = c.req.valid('json')
      const key = c.req.valid('header')['idempotency-key']
      const actor = await needs.findDialingActor(c.var.actor, user_id)
      const { callId } = await calls.dial(actor, {
        number,
        device,
        ...(user_id && { userId: user_id }),
        ...(caller_number && { callerNumber: caller_number }),
        ...(key && { idempotencyKey: key }),
      })
      const href = `${PREFIX}/calls/${callId}`
      return c.json({ id: callId, href }, 202, { Location: href })
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/calls',
      operationId: 'listCalls',
      summary: 'The live calls I may see, the oldest first',
      description: CALL_VISIBILITY,
      tags,
      security: orService('calls:read'),
      middleware: reader,
      responses: { 200: json(wire.CallListJson, 'All of them'), ...commonProblems },
    }),
    async (c) => {
      const seen = await calls.list(c.var.actor)
      const list = seen.map((call) => toJson(c.var.actor, { kind: 'live', call }))
      return c.json({ calls: list, online: needs.isOnline() }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/calls/{callId}',
      operationId: 'findCall',
      summary: 'One call: live, just over, or only asked for',
      tags,
      security: orService('calls:read'),
      middleware: reader,
      request: { params: wire.CallParams },
      responses: { 200: json(wire.CallJson, 'The call'), ...commandProblems },
    }),
    async (c) => c.json(toJson(c.var.actor, await calls.find(c.var.actor, c.req.valid('param').callId)), 200),
  )

  /** Commands without a body in request and response. */
  const bodylessCommands: readonly [path: string, summary: string, command: BodylessCommand][] = [
    ['answer', 'Answer with my phone', (actor, id) => calls.answer(actor, id)],
    ['hangup', 'Hang up', (actor, id) => calls.hangup(actor, id)],
    ['decline', 'Decline: the caller gets a busy signal', (actor, id) => calls.decline(actor, id)],
    ['hold', 'Put the other end on hold', (actor, id) => calls.hold(actor, id)],
    ['unhold', 'Take the other end back', (actor, id) => calls.unhold(actor, id)],
    ['mute', 'Mute me for the other end', (actor, id) => calls.mute(actor, id, true)],
    ['unmute', 'Unmute me', (actor, id) => calls.mute(actor, id, false)],
    ['recording/pause', 'Pause the recording', (actor, id) => calls.pauseRecording(actor, id, true)],
    ['recording/resume', 'Go on recording', (actor, id) => calls.pauseRecording(actor, id, false)],
    [
      'attended-transfer/complete',
      'Connect the two others and leave',
      (actor, id) => calls.completeTransfer(actor, id),
    ],
    [
      'attended-transfer/cancel',
      'Hang up on the number and take the other end back',
      (actor, id) => calls.cancelTransfer(actor, id),
    ],
  ]
  for (const [path, summary, command] of bodylessCommands) {
    app.openapi(
      createRoute({
        method: 'post',
        path: `/calls/{callId}/${path}`,
        operationId: toOperationId(path),
        summary,
        tags,
        security,
        middleware: signedIn,
        request: { params: wire.CallParams },
        responses: { 204: doneResponse, ...commandProblems },
      }),
      async (c) => {
        await command(c.var.actor, c.req.valid('param').callId)
        return c.body(null, 204)
      },
    )
  }

  /** Commands with a number or digits in the body. */
  const addCommandWithBody = <T extends z.ZodType>(
    path: string,
    summary: string,
    schema: T,
    command: (actor: Actor, callId: string, body: z.output<T>) => Promise<void>,
  ) =>
    app.openapi(
      createRoute({
        method: 'post',
        path: `/calls/{callId}/${path}`,
        operationId: toOperationId(path),
        summary,
        tags,
        security,
        middleware: signedInJson,
        request: { params: wire.CallParams, body: { required: true, ...jsonRequest(schema, summary) } },
        responses: { 204: doneResponse, ...commandProblems, 422: problem('No such number') },
      }),
      async (c) => {
        const body = schema.parse(await c.req.json())
        await command(c.var.actor, c.req.param('callId') ?? '', body)
        return c.body(null, 204)
      },
    )
  addCommandWithBody(
    'transfer',
    'Give the other end to a number, and leave',
    wire.TransferBody,
    (actor, id, { number }) => calls.transfer(actor, id, number),
  )
  addCommandWithBody(
    'attended-transfer',
    'Ring a number while the other end is on hold',
    wire.TransferBody,
    (actor, id, { number }) => calls.startTransfer(actor, id, number),
  )
  addCommandWithBody(
    'dtmf',
    'Send digits to the other ends, or to a dialplan that answered',
    wire.DtmfBody,
    (actor, id, { digits }) => calls.sendDigits(actor, id, digits),
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/calls/{callId}/park',
      operationId: 'park',
      summary: 'Park the other end',
      tags,
      security,
      middleware: signedIn,
      request: { params: wire.CallParams },
      responses: { 200: json(wire.ParkJson, 'The space it waits in'), ...commandProblems },
    }),
    async (c) => c.json(await calls.park(c.var.actor, c.req.valid('param').callId), 200),
  )
}

/** `attended-transfer/cancel` is `attendedTransferCancel`. */
const toOperationId = (path: string) =>
  path.replace(/[-/](\w)/g, (_, initial: string) => initial.toUpperCase())

type BodylessCommand = (actor: Actor, callId: string) => Promise<void>
