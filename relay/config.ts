import { join } from 'node:path'
import { z } from 'zod'
import { commonSettings } from '../contract/common-settings.ts'
import { relaySocket, subscribeSocket } from '../contract/stream-instances.ts'

/** The settings of a relay, parsed from the environment. */
export const RelayConfig = z
  .object({
    HOOKSWITCH_RUN: commonSettings.HOOKSWITCH_RUN,
    HOOKSWITCH_LOG_LEVEL: commonSettings.HOOKSWITCH_LOG_LEVEL,
    HOOKSWITCH_SIDECAR_SOCKET: z.string().optional(),
  })
  .transform((env) => ({
    logLevel: env.HOOKSWITCH_LOG_LEVEL,
    sidecarSocket: env.HOOKSWITCH_SIDECAR_SOCKET ?? join(env.HOOKSWITCH_RUN, 'sidecar.sock'),
    /** @param instance from 1 */
    sockets: (instance: number) => ({
      own: relaySocket(env.HOOKSWITCH_RUN, instance),
      instance: subscribeSocket(env.HOOKSWITCH_RUN, instance),
    }),
  }))
