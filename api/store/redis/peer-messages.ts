import type { Redis } from 'ioredis'
import { z } from 'zod'
import { createListeners } from '../../../runtime/listeners.ts'
import type { PeerMessages } from '../../core/messaging/peer-messages.ts'
import { orUnavailable } from './errors.ts'
import { subscribeTo } from './subscription.ts'

const CHANNEL = 'hookswitch:sockets'
const Envelope = z.object({
  to: z.array(z.string()),
  message: z.looseObject({ type: z.string() }),
})

/**
 * @param redis for publishing
 * @param subscriber as for `subscribeTo`
 * @param onError called with what a listener throws
 */
export function createPeerMessages(
  redis: Redis,
  subscriber: Redis,
  onError: (err: unknown) => void,
): PeerMessages {
  const listeners = createListeners<Parameters<Parameters<PeerMessages['on']>[0]>>(onError)
  subscribeTo(subscriber, CHANNEL, Envelope, ({ to, message }) => listeners.notify(to, message))

  return {
    async send(to, message) {
      await orUnavailable(redis.publish(CHANNEL, JSON.stringify({ to, message })))
    },
    on: listeners.add,
  }
}
