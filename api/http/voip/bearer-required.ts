import type { MiddlewareHandler } from 'hono'
import { Refusal } from '../../core/refusal.ts'

/**
 * Refuses a header without a token, with a different text for each of the document's three cases. The guard behind it
 * verifies the token.
 * @throws {Refusal} `token_missing`
 */
export const bearerRequired: MiddlewareHandler = async (c, next) => {
  const header = c.req.header('authorization')
  if (header !== undefined && header !== '') {
    if (!/^bearer( |$)/i.test(header)) throwTokenMissing('Invalid authorization header format')
    if (/^bearer *$/i.test(header)) throwTokenMissing('Token required')
  }
  await next()
}

function throwTokenMissing(detail: string): never {
  throw new Refusal('token_missing', { detail })
}
