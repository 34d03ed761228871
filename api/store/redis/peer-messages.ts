import type { Redis } from 'ioredis'
import { z } from 'zod'
import { createListeners } from '../../../runtime/listeners.ts'
import type { SocketWords } from '../../core/messaging/peer-messages.ts'
import { orUnavailable } from './errors.ts'
import { subscribeTo } from './subscription.ts'

const CHANNEL = 'hookswitch:sockets'
const Passed = z.object({
  to: z.array(z.string()),
  message: z.looseObject({ type: z.string() }),
})

/**
 * @param redis for publishing
 * @param hearing as `subscribeTo` has it
 * @param onTrouble gets what a listener has thrown
 */
export function createSocketWords(
  redis: Redis,
  hearing: Redis,
  onTrouble: (err: unknown) => void,
): SocketWords {
  const listeners = createListeners<Parameters<Parameters<SocketWords['on']>[0]>>(onTrouble)
  subscribeTo(hearing, CHANNEL, Passed, ({ to, message }) => listeners.tell(to, message))

  return {
    async pass(to, message) {
      await orUnavailable(redis.publish(CHANNEL, JSON.stringify({ to, message })))
    },
    on: listeners.add,
  }
}
