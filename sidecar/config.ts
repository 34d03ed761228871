import { join, resolve } from 'node:path'
import { z } from 'zod'
import { commonSettings } from '../contract/common-settings.ts'
import { publishSockets } from '../contract/stream-instances.ts'
import { wholeNumber } from '../runtime/env.ts'

/** The sidecar's settings, parsed from the environment. */
export const SidecarConfig = z
  .object({
    ...commonSettings,
    HOOKSWITCH_SIDECAR_SOCKET: z.string().optional(),
    HOOKSWITCH_TOKEN_CACHE: wholeNumber('tokens', 1, 1_000_000).default(20_000),
    HOOKSWITCH_MAX_STREAMS_PER_SESSION: wholeNumber('streams', 1, 1_000_000).default(100),
    HOOKSWITCH_MAX_STREAMS_PER_USER: wholeNumber('streams', 1, 1_000_000).default(200),
    HOOKSWITCH_MAX_STREAMS: wholeNumber('streams', 1, 1_000_000).default(100_000),
  })
  .transform((env) => ({
    keysFolder: join(resolve(env.HOOKSWITCH_DATA), 'keys'),
    redisUrl: env.REDIS_URL,
    socket: env.HOOKSWITCH_SIDECAR_SOCKET ?? join(env.HOOKSWITCH_RUN, 'sidecar.sock'),
    instanceSockets: publishSockets(env.HOOKSWITCH_RUN, env.HOOKSWITCH_STREAM_INSTANCES),
    maxStalenessMs: env.HOOKSWITCH_MAX_STALENESS * 1000,
    // Streams are cut earlier than the bound, so that it holds although cutting takes time.
    streamStalenessMs:
      env.HOOKSWITCH_MAX_STALENESS * 1000 - Math.min(1_000, env.HOOKSWITCH_MAX_STALENESS * 200),
    longestLifetime: Math.max(env.HOOKSWITCH_ACCESS_TTL, env.HOOKSWITCH_REFRESH_TTL),
    cacheSize: env.HOOKSWITCH_TOKEN_CACHE,
    maxStreamsPerSession: env.HOOKSWITCH_MAX_STREAMS_PER_SESSION,
    maxStreamsPerUser: env.HOOKSWITCH_MAX_STREAMS_PER_USER,
    maxStreams: env.HOOKSWITCH_MAX_STREAMS,
    logLevel: env.HOOKSWITCH_LOG_LEVEL,
  }))
export type SidecarConfig = z.output<typeof SidecarConfig>
