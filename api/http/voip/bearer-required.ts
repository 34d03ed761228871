import type { MiddlewareHandler } from 'hono'
import { Refusal } from '../../core/refusal.ts'

/**
 * The document tells three ways apart in which a header holds no token; a guard behind this one judges the
 * token itself.
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
