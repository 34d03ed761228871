import type { z } from '@hono/zod-openapi'
import * as wire from './wire.ts'

/** The pieces every route's description is made of. */
export const json = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})
export const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: wire.Problem } },
})
export const problems = {
  400: problem('The request is not of the documented shape'),
  401: problem('No live access token'),
  403: problem('Not allowed'),
  503: problem('A store or the PBX is away: try again after Retry-After seconds'),
}
export const security = [{ bearer: [] }]
