import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { Refusal } from '../core/refusal.ts'

/** Refuses bodies of more than `maxSize` bytes. A chunked body is read whole first; no route reads the body of a GET. */
export function maxBodySize(maxSize: number): MiddlewareHandler {
  const limit = bodyLimit({
    maxSize,
    onError: () => {
      throw new Refusal('input_too_large')
    },
  })
  // The library builds a whole Request object, also to see that there is no body.
  return (c, next) => (c.req.method === 'GET' || c.req.method === 'HEAD' ? next() : limit(c, next))
}
