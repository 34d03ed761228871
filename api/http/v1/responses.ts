import { z } from '@hono/zod-openapi'
import type { Scope } from '../../../contract/service-token.ts'
import { omitOptionalNulls } from '../../core/values/omit-optional-nulls.ts'
import { bearer, json } from '../openapi.ts'
import * as wire from './wire.ts'

export { json }
/** A request body. An optional member may also be null. */
export const jsonRequest = <T extends z.ZodType>(schema: T, description: string) =>
  json(
    z.preprocess((body) => omitOptionalNulls(schema, body), schema),
    description,
  )
export const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: wire.ProblemJson } },
})
export const commonProblems = {
  400: problem('The request is not of the documented shape'),
  401: problem('No live access token'),
  403: problem('Not allowed'),
  503: problem('A store or the PBX is away: try again after Retry-After seconds'),
}
/** Of routes for administrators. */
export const adminProblems = { ...commonProblems, 403: problem('For administrators alone') }
export const security = bearer
/** Of a route that a service token with this scope may use, too. */
export const orService = (scope: Scope): typeof bearer => [...bearer, { serviceToken: [scope] }]
