import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { Desk } from '../../core/call-center/desk/desk.ts'
import type { Guard, Guarded } from '../guard.ts'
import { limitJsonBody } from '../json-body.ts'
import { addCallbackRoutes, type CallbackRoutesNeeds } from './callback-routes.ts'
import { addCampaignTextRoutes, type CampaignTextRoutesNeeds } from './campaign-text-routes.ts'
import * as wire from './desk-wire.ts'
import { commonProblems, json, jsonRequest, problem, security } from './responses.ts'

export interface DeskRoutesNeeds extends CallbackRoutesNeeds, CampaignTextRoutesNeeds {
  guard: Guard
  desk: Desk
}

const tags = ['desk']
const notMine = problem('I have no such call, or no such lead')

/** The desk of an agent: what they work with, and what they store about a call. */
export function addDeskRoutes(app: OpenAPIHono<Guarded>, needs: DeskRoutesNeeds): void {
  const { guard, desk } = needs
  const signedIn = guard()

  app.openapi(
    createRoute({
      method: 'get',
      path: '/desk',
      operationId: 'desk',
      summary: 'My desk: status, call, lead, script, wrap-up, callbacks',
      description:
        'The stream `me` has `{"type":"desk"}` whenever it changes: read it again then. The first request makes the user an agent.',
      tags,
      security,
      middleware: signedIn,
      responses: { 200: json(wire.DeskJson, 'My desk'), ...commonProblems },
    }),
    async (c) => c.json(wire.toDeskJson(await desk.find(c.var.actor)), 200),
  )
  app.openapi(
    createRoute({
      method: 'put',
      path: '/desk/status',
      operationId: 'setDeskStatus',
      summary: 'Set my status as an agent',
      description:
        'Campaigns call only agents who are `ready`. The status also sets my presence. `after_call` keeps a wrap-up from ending.',
      tags,
      security,
      middleware: [signedIn, limitJsonBody],
      request: { body: { required: true, ...jsonRequest(wire.DeskStatusBody, 'The status') } },
      responses: { 200: json(wire.DeskJson, 'My desk'), ...commonProblems },
    }),
    async (c) => {
      const { status, reason } = c.req.valid('json')
      return c.json(wire.toDeskJson(await desk.setStatus(c.var.actor, status, reason)), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'put',
      path: '/desk/notes',
      operationId: 'saveDeskNote',
      summary: 'Store the note of a call while it is being written',
      description: 'It is a note of the lead from then on; an empty text removes it.',
      tags,
      security,
      middleware: [signedIn, limitJsonBody],
      request: { body: { required: true, ...jsonRequest(wire.DeskNoteBody, 'The whole text') } },
      responses: {
        200: json(wire.NoteRevisionJson, 'The revision for the next time'),
        ...commonProblems,
        404: notMine,
        409: problem('The call has a note of another lead'),
        412: problem('Another tab has stored a newer text: read the desk again'),
      },
    }),
    async (c) => {
      const note = wire.toDraftNote(c.req.valid('json'))
      return c.json({ revision: await desk.saveNote(c.var.actor, note) }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/desk/results',
      operationId: 'saveCallResult',
      summary: 'Store the result of a call; it ends the wrap-up',
      description:
        'May be sent again: a call has one result. The same one again changes the note, and completes what failed the first time. During the call the result is stored, and the call goes on.',
      tags,
      security,
      middleware: [signedIn, limitJsonBody],
      request: { body: { required: true, ...jsonRequest(wire.CallResultBody, 'The result') } },
      responses: {
        200: json(wire.DeskJson, 'My desk'),
        ...commonProblems,
        404: notMine,
        409: problem('The call has another result, or one of another lead'),
        412: problem('Another tab has stored a newer note: nothing is stored'),
      },
    }),
    async (c) => {
      const result = wire.toCallResult(c.req.valid('json'))
      return c.json(wire.toDeskJson(await desk.saveResult(c.var.actor, result)), 200)
    },
  )
  addCampaignTextRoutes(app, needs)
  addCallbackRoutes(app, needs)
}
