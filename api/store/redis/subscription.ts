import type { Redis } from 'ioredis'
import type { z } from 'zod'

/**
 * Hears what is published on a channel, as a schema reads it; whatever else comes is not ours. Begins when Redis
 * is there and again each time it is back: what is published in between is not heard.
 * @param redis a connection that does nothing but subscribe, to this and other channels; closed by whoever made it
 */
export function subscribeTo<T extends z.ZodType>(
  redis: Redis,
  channel: string,
  schema: T,
  onMessage: (parsedMessage: z.output<T>) => void,
): void {
  redis.on('message', (from: string, text: string) => {
    const heard = from === channel ? schema.safeParse(parseJson(text)) : undefined
    if (heard?.success) onMessage(heard.data)
  })
  const subscribe = () => void redis.subscribe(channel).catch(() => {}) // the connection broke: it comes back
  redis.on('ready', subscribe)
  if (redis.status === 'ready') subscribe()
  else if (redis.status === 'wait') redis.connect().catch(() => {})
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // not JSON: not ours
  }
}
