import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { People } from '../../core/directory/people.ts'
import { Refusal } from '../../core/refusal.ts'
import type { Guard, Guarded } from '../guard.ts'
import * as wire from './people-wire.ts'
import { commonProblems, json, problem, security } from './responses.ts'

export interface PeopleRoutesNeeds {
  guard: Guard
  people: People
}

const tags = ['people']

/** The directory, and a user's favourites in it. */
export function addPeopleRoutes(app: OpenAPIHono<Guarded>, { guard, people }: PeopleRoutesNeeds): void {
  const signedIn = guard()

  app.openapi(
    createRoute({
      method: 'get',
      path: '/people',
      operationId: 'listPeople',
      summary: 'The users with a phone: my favourites first, then by name',
      description:
        'Every role sees the same people as in the stream `users-state`, which has their presence by extension.',
      tags,
      security,
      middleware: signedIn,
      request: { query: wire.PeopleQuery },
      responses: { 200: json(wire.PeopleJson, 'A page of them'), ...commonProblems },
    }),
    async (c) => {
      const { q, limit, cursor } = c.req.valid('query')
      return c.json(
        wire.toPeopleJson(await people.list(c.var.actor, q, { limit, ...afterCursor(cursor) })),
        200,
      )
    },
  )
  app.openapi(
    createRoute({
      method: 'put',
      path: '/favourites/{extension}',
      operationId: 'addFavourite',
      summary: 'Make an extension a favourite of mine',
      tags,
      security,
      middleware: signedIn,
      request: { params: wire.FavouriteParams },
      responses: {
        204: { description: 'It is one' },
        ...commonProblems,
        404: problem('No user has this extension'),
        409: problem('I have 200 favourites already'),
      },
    }),
    async (c) => {
      await people.addFavourite(c.var.actor, c.req.valid('param').extension)
      return c.body(null, 204)
    },
  )
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/favourites/{extension}',
      operationId: 'removeFavourite',
      summary: 'Remove an extension from my favourites',
      tags,
      security,
      middleware: signedIn,
      request: { params: wire.FavouriteParams },
      responses: { 204: { description: 'It is none' }, ...commonProblems },
    }),
    async (c) => {
      await people.removeFavourite(c.var.actor, c.req.valid('param').extension)
      return c.body(null, 204)
    },
  )
}

function afterCursor(cursor: string | undefined) {
  if (cursor === undefined) return {}
  const decoded = wire.decodePeopleCursor(cursor)
  if (decoded === undefined) throw new Refusal('input_invalid', { detail: 'cursor is not one we gave' })
  return { after: decoded }
}
