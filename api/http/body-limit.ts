import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { Refusal } from '../core/refusal.ts'

/** Refuses bodies of more than `maxSize` bytes. A chunked body is read whole first. */
export const maxBodySize = (maxSize: number): MiddlewareHandler =>
  bodyLimit({
    maxSize,
    onError: () => {
      throw new Refusal('input_too_large')
    },
  })
