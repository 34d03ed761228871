import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { InvitationAdmin, SentInvitation } from '../../core/registration/invitation-admin.ts'
import type { Guard, Guarded } from '../guard.ts'
import { limitJsonBody } from '../json-body.ts'
import { actedBy } from './acted-by.ts'
import { describeTaken } from './describe-taken.ts'
import * as wire from './invitation-wire.ts'
import { adminProblems, json, jsonRequest, problem, security } from './responses.ts'

export interface InvitationRoutesNeeds {
  guard: Guard
  invitations: InvitationAdmin
  /** The page that accepts a token. */
  linkOf(token: string): string
}

const tags = ['invitations']
const sendProblems = {
  ...adminProblems,
  403: problem('For administrators alone; or registration is closed, so that no invitation can be used'),
  501: problem('This installation sends no mail: ask for a link'),
}

/** An administrator's invitations. */
export function addInvitationRoutes(app: OpenAPIHono<Guarded>, needs: InvitationRoutesNeeds): void {
  const { invitations } = needs
  const admin = needs.guard({ roles: ['admin'] })
  const adminJson = [admin, limitJsonBody]

  const toSentJson = ({ invitation, token }: SentInvitation) => ({
    ...wire.toInvitationJson(invitation, invitations.stateOf),
    link: token === undefined ? null : needs.linkOf(token),
  })

  app.openapi(
    createRoute({
      method: 'get',
      path: '/invitations',
      operationId: 'listInvitations',
      summary: 'Invitations, the newest first (admin)',
      tags,
      security,
      middleware: admin,
      request: { query: wire.InvitationsQuery },
      responses: { 200: json(wire.InvitationListJson, 'A page of them'), ...adminProblems },
    }),
    async (c) => {
      const { limit, cursor, state } = c.req.valid('query')
      const after = wire.readInvitationCursor(cursor)
      const { invitations: page, total } = await invitations.list(
        { state },
        { limit, ...(after && { after }) },
      )
      return c.json(
        {
          invitations: page.map((one) => wire.toInvitationJson(one, invitations.stateOf)),
          next_cursor: wire.toInvitationCursor(page, limit),
          total,
        },
        200,
      )
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/invitations',
      operationId: 'createInvitation',
      summary: 'Invite a person: they choose name and password (admin)',
      tags,
      security,
      middleware: adminJson,
      request: { body: { required: true, ...jsonRequest(wire.NewInvitationBody, 'Whom, and as what') } },
      responses: {
        201: json(wire.SentInvitationJson, 'It is on its way, or its link is here'),
        ...sendProblems,
        409: problem('The address or the extension belongs to a user'),
      },
    }),
    async (c) => {
      const sent = await invitations.create(c.req.valid('json'), actedBy(c)).catch(describeTaken)
      return c.json(toSentJson(sent), 201, { 'Cache-Control': 'no-store' })
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/invitations/{invitationId}/resend',
      operationId: 'resendInvitation',
      summary: 'Send it again with a new link; the former one is invalid (admin)',
      description:
        'Its days begin again, also if it has expired. By mail if it names an address, else as a link.',
      tags,
      security,
      middleware: adminJson,
      request: {
        params: wire.InvitationParams,
        body: { required: true, ...jsonRequest(wire.ResendBody, 'How, or `{}`') },
      },
      responses: {
        200: json(wire.SentInvitationJson, 'It is on its way, or its link is here'),
        ...sendProblems,
        404: problem('No such invitation'),
        409: problem('It is used, or its address has an account'),
      },
    }),
    async (c) => {
      const { invitationId } = c.req.valid('param')
      const { deliver } = c.req.valid('json')
      const sent = await invitations.resend(invitationId, actedBy(c), deliver).catch(describeTaken)
      return c.json(toSentJson(sent), 200, { 'Cache-Control': 'no-store' })
    },
  )
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/invitations/{invitationId}',
      operationId: 'cancelInvitation',
      summary: 'Cancel an invitation that is not used (admin)',
      tags,
      security,
      middleware: admin,
      request: { params: wire.InvitationParams },
      responses: {
        204: { description: 'Its link is invalid' },
        ...adminProblems,
        404: problem('No such invitation'),
        409: problem('It is used'),
      },
    }),
    async (c) => {
      await invitations.cancel(c.req.valid('param').invitationId, actedBy(c))
      return c.body(null, 204)
    },
  )
}
