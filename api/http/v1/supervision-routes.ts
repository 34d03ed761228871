import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { SupervisionControl } from '../../core/calls/supervision/create-supervision.ts'
import { SUPERVISION_MODES, type SupervisionMode } from '../../core/calls/supervision/supervision.ts'
import { clientAddress } from '../errors.ts'
import type { Guard, Guarded } from '../guard.ts'
import { limitJsonBody } from '../json-body.ts'
import { CallParams, DialHeaders } from './call-wire.ts'
import { commonProblems, json, jsonRequest, problem, security } from './responses.ts'
import { SuperviseBody, SupervisionJson } from './supervision-wire.ts'

export interface SupervisionRoutesNeeds {
  guard: Guard
  supervision: SupervisionControl
}

const tags = ['calls']
const problems = {
  ...commonProblems,
  404: problem('No such call of a user I oversee'),
  409: problem('No agent talks in it, it is my own call, an emergency call, or I listen to another call'),
  501: problem('The settings or the PBX do not allow it'),
  504: problem('It was asked for, and nothing confirmed it in time'),
}
const SUMMARIES: Readonly<Record<SupervisionMode, string>> = {
  listen: 'Listen to a call of others: rings my own phone, which then listens',
  whisper: 'The same, and the agent alone gets my voice',
  join: 'The same, and both ends get my voice',
}

/** Supervisors in calls of others. */
export function addSupervisionRoutes(
  app: OpenAPIHono<Guarded>,
  { guard, supervision }: SupervisionRoutesNeeds,
): void {
  const signedIn = guard()
  for (const mode of SUPERVISION_MODES) {
    app.openapi(
      createRoute({
        method: 'post',
        path: `/calls/{callId}/${mode}`,
        operationId: mode,
        summary: SUMMARIES[mode],
        description: 'While my phone listens to this call already, it changes to this way.',
        tags,
        security,
        middleware: [signedIn, limitJsonBody],
        request: {
          params: CallParams,
          headers: DialHeaders,
          body: { required: true, ...jsonRequest(SuperviseBody, 'Which of my phones') },
        },
        responses: {
          202: json(SupervisionJson, 'The PBX has it; `supervised_by` of the call shows what becomes of it'),
          ...problems,
          422: problem('An Idempotency-Key of another request'),
        },
      }),
      async (c) => {
        const { id, mode: current } = await supervision.supervise(c.var.actor, c.req.valid('param').callId, {
          mode,
          device: c.req.valid('json').device,
          idempotencyKey: c.req.valid('header')['idempotency-key'],
          address: clientAddress(c),
        })
        return c.json({ id, mode: current }, 202)
      },
    )
  }
  app.openapi(
    createRoute({
      method: 'post',
      path: '/calls/{callId}/take-over',
      operationId: 'takeOver',
      summary:
        'Take over a call that I listen to: the agent’s phone leaves, and mine talks with the other end',
      tags,
      security,
      middleware: signedIn,
      request: { params: CallParams },
      responses: { 204: { description: 'It is done, and the PBX has confirmed it' }, ...problems },
    }),
    async (c) => {
      await supervision.takeOver(c.var.actor, c.req.valid('param').callId)
      return c.body(null, 204)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/calls/{callId}/supervision/stop',
      operationId: 'stopSupervision',
      summary: 'Stop listening: hangs my own phone up. No error without any',
      tags,
      security,
      middleware: signedIn,
      request: { params: CallParams },
      responses: { 204: { description: 'My phone listens to this call no more' }, ...problems },
    }),
    async (c) => {
      await supervision.stop(c.var.actor, c.req.valid('param').callId)
      return c.body(null, 204)
    },
  )
}
