import type { Redis } from 'ioredis'
import type { z } from 'zod'

/**
 * Subscribes to a channel and parses its messages; messages that do not match the schema are ignored. Subscribes again
 * after each reconnect: messages published in between are lost.
 * @param redis a connection for subscriptions only; the caller closes it
 */
export function subscribeTo<T extends z.ZodType>(
  redis: Redis,
  channel: string,
  schema: T,
  onMessage: (parsedMessage: z.output<T>) => void,
): void {
  redis.on('message', (from: string, text: string) => {
    const parsed = from === channel ? schema.safeParse(parseJson(text)) : undefined
    if (parsed?.success) onMessage(parsed.data)
  })
  const subscribe = () => void redis.subscribe(channel).catch(() => {}) // disconnected: it subscribes again when ready
  redis.on('ready', subscribe)
  if (redis.status === 'ready') subscribe()
  else if (redis.status === 'wait') redis.connect().catch(() => {})
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // matches no schema
  }
}
