import type { Redis } from 'ioredis'
import type { z } from 'zod'
import { sha256 } from '../../../runtime/hash.ts'
import { orUnavailable } from './errors.ts'

/** Values that are read once, by a random name that its holder knows. */
export interface OneTimeValues<T> {
  /** @param ttl seconds @throws {Refusal} `unavailable` */
  put(name: string, value: T, ttl: number): Promise<void>
  /** Reads and deletes in one step. @throws {Refusal} `unavailable` */
  take(name: string): Promise<T | undefined>
}

/** The keys hold hashes of the names, so that a reader of Redis cannot use what it finds. */
export function createOneTimeValues<T>(redis: Redis, kind: string, schema: z.ZodType<T>): OneTimeValues<T> {
  const keyOf = (name: string) => `hookswitch:${kind}:${sha256(name)}`
  return {
    async put(name, value, ttl) {
      await orUnavailable(redis.set(keyOf(name), JSON.stringify(value), 'EX', ttl))
    },
    async take(name) {
      const json = await orUnavailable(redis.getdel(keyOf(name)))
      return json === null ? undefined : schema.safeParse(JSON.parse(json)).data
    },
  }
}
