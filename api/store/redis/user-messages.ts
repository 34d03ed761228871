import type { Redis } from 'ioredis'
import { z } from 'zod'
import { createListeners } from '../../../runtime/listeners.ts'
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

/** Every API hears all that is told on this channel of Redis. */
const CHANNEL = 'hookswitch:news'
const Envelope = z.object({
  /** Left out of what everybody is told. */
  to: z.object({ userId: z.string(), seq: z.number(), epoch: z.string() }).optional(),
  message: z.looseObject({ type: z.string() }),
})

/** Of one user: an nginx that hangs takes one in two seconds, and news are worth little when they are old. */
const MAX_QUEUED = 1_000

/** How long a user's numbering outlives the last word, in seconds; after that a new epoch begins. */
const NUMBERING_TTL_S = 7 * 86_400

/**
 * Refuses a stale fence, numbers, keeps and spreads in one step, so that all hear one order. The message is
 * put in as it came: Lua's JSON would turn `[]` into `{}`.
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

/** One after the other for each user: Nchan's subscribers see the order in which it was published. */
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
    ) as Promise<[string, number] | null> // TELL's return
    const numbered = await orUnavailable(reply)
    if (numbered === null) return
    const [epoch, seq] = numbered
    await publish(userId, { ...message, seq, epoch })
  }

  return {
    async send(userId, message, fence) {
      const line = queues.get(userId) ?? { waiting: 0, last: Promise.resolve() }
      if (line.waiting >= MAX_QUEUED)
        throw new Refusal('unavailable', { retryAfter: 2, detail: 'too much waits to be told' })
      queues.set(userId, line)
      line.waiting += 1
      const told = line.last.then(() => publishNumbered(userId, message, fence))
      // What went wrong is for the one who told it; the next has a turn of its own.
      line.last = told
        .catch(() => {})
        .finally(() => {
          line.waiting -= 1
          if (line.waiting === 0) queues.delete(userId)
        })
      await told
    },
    async broadcast(message) {
      await orUnavailable(redis.publish(CHANNEL, JSON.stringify({ message })))
    },
  }
}

/**
 * Hears what any API tells. What is told while Redis is away is not heard: the numbers show it.
 * @param redis as `subscribeTo` has it
 * @param onError gets what a listener has thrown
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
