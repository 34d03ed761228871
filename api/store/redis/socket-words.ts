import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { SocketWords } from '../../core/socket-words.ts'
import { orUnavailable } from './fault.ts'
import { subscribeTo } from './subscription.ts'

const CHANNEL = 'hookswitch:sockets'
const Passed = z.object({
  to: z.array(z.string()),
  message: z.looseObject({ type: z.string() }),
})

/**
 * @param redis for publishing
 * @param hearing as `subscribeTo` has it
 */
export function createSocketWords(redis: Redis, hearing: Redis): SocketWords {
  const listeners = new Set<Parameters<SocketWords['on']>[0]>()
  subscribeTo(hearing, CHANNEL, Passed, ({ to, message }) => {
    for (const listener of listeners) listener(to, message)
  })

  return {
    async pass(to, message) {
      await orUnavailable(redis.publish(CHANNEL, JSON.stringify({ to, message })))
    },
    on(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
