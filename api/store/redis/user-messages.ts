import type { Redis } from 'ioredis'
import { z } from 'zod'
import { createListeners } from '../../../runtime/listeners.ts'
import { DAY_S } from '../../../runtime/time.ts'
import { newId } from '../../core/auth/tokens.ts'
import type { UserMessage, UserMessageSubscriber, UserMessages } from '../../core/messaging/user-messages.ts'
import { Refusal } from '../../core/refusal.ts'
import { orUnavailable } from './errors.ts'
import { subscribeTo } from './subscription.ts'

export interface UserMessagesNeeds {
  redis: Redis
  /** To the user's private channel, at every nginx. */
  publish(userId: string, message: UserMessage): Promise<void>
}

const keyOf = (userId: string) => `hookswitch:news:${userId}`

/** Every API process subscribes to this Redis channel. */
const CHANNEL = 'hookswitch:news'
const Envelope = z.object({
  /** Absent in a broadcast. */
  to: z.object({ userId: z.string(), seq: z.number(), epoch: z.string() }).optional(),
  message: z.looseObject({ type: z.string() }),
})

/** Per user: an nginx that hangs takes two seconds per message, and old messages are worth little. */
const MAX_QUEUED = 1_000

/** How long after a user's last message the numbering is stored, in seconds; then a new epoch begins. */
const NUMBERING_TTL_S = 7 * DAY_S

/**
 * Rejects a stale fencing token, numbers, stores and publishes atomically, so that all subscribers see one order. The
 * message is inserted as text: Lua's JSON would turn `[]` into `{}`.
 */
const NUMBER_AND_PUBLISH = `
local fence = tonumber(ARGV[3])
if fence and fence < tonumber(redis.call('HGET', KEYS[1], 'fence') or 0) then return false end
redis.call('HSETNX', KEYS[1], 'epoch', ARGV[1])
if fence then redis.call('HSET', KEYS[1], 'fence', ARGV[3]) end
local epoch, seq = redis.call('HGET', KEYS[1], 'epoch'), redis.call('HINCRBY', KEYS[1], 'seq', 1)
redis.call('HSET', KEYS[1], 'message', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[4])
local to = '{"userId":' .. ARGV[6] .. ',"seq":' .. seq .. ',"epoch":"' .. epoch .. '"}'
redis.call('PUBLISH', ARGV[5], '{"to":' .. to .. ',"message":' .. ARGV[2] .. '}')
return { epoch, seq }
`

/** Publishes one message after the other per user, since Nchan's subscribers see the order of publishing. */
export function createUserMessages({ redis, publish }: UserMessagesNeeds): UserMessages {
  const queues = new Map<string, { waiting: number; last: Promise<void> }>()

  async function publishNumbered(
    userId: string,
    message: UserMessage,
    fence: number | undefined,
  ): Promise<void> {
    const reply = redis.eval(
      NUMBER_AND_PUBLISH,
      1,
      keyOf(userId),
      newId(),
      JSON.stringify(message),
      fence ?? '',
      NUMBERING_TTL_S,
      CHANNEL,
      JSON.stringify(userId),
    ) as Promise<[string, number] | null> // what NUMBER_AND_PUBLISH returns
    const numbered = await orUnavailable(reply)
    if (numbered === null) return
    const [epoch, seq] = numbered
    await publish(userId, { ...message, seq, epoch })
  }

  return {
    async send(userId, message, fence) {
      const queue = queues.get(userId) ?? { waiting: 0, last: Promise.resolve() }
      if (queue.waiting >= MAX_QUEUED)
        throw new Refusal('unavailable', { retryAfter: 2, detail: 'too many messages are waiting' })
      queues.set(userId, queue)
      queue.waiting += 1
      const published = queue.last.then(() => publishNumbered(userId, message, fence))
      // A failure concerns only its sender; the next message is published all the same.
      queue.last = published
        .catch(() => {})
        .finally(() => {
          queue.waiting -= 1
          if (queue.waiting === 0) queues.delete(userId)
        })
      await published
    },
    async broadcast(message) {
      await orUnavailable(redis.publish(CHANNEL, JSON.stringify({ message })))
    },
  }
}

/**
 * Receives the messages of all API processes. Messages sent while Redis is unreachable are lost: the sequence numbers
 * show the gap.
 * @param redis as for `subscribeTo`
 * @param onError called with what a listener throws
 */
export function createUserMessageSubscriber(
  redis: Redis,
  onError: (err: unknown) => void,
): UserMessageSubscriber {
  const listeners = createListeners<Parameters<Parameters<UserMessageSubscriber['on']>[0]>>(onError)
  subscribeTo(redis, CHANNEL, Envelope, ({ to, message }) => {
    const numbered = to === undefined ? message : { ...message, seq: to.seq, epoch: to.epoch }
    listeners.notify(to?.userId, numbered)
  })

  return { on: listeners.add }
}
