import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { wholeNumber } from '../runtime/env.ts'
import { DAY_S } from '../runtime/time.ts'
import { MAX_STREAM_INSTANCES } from './stream-instances.ts'

/** `var` in the checkout, for any working directory; sources and bundles are one folder below the checkout. */
const DATA_FOLDER = fileURLToPath(new URL('../var', import.meta.url))

/** The settings that several processes read; `npm start` passes them on. */
export const commonSettings = {
  HOOKSWITCH_DATA: z.string().default(DATA_FOLDER),
  REDIS_URL: z
    .string('is not set: `npm start` sets it to the embedded Redis')
    .regex(/^(rediss?:\/\/|unix:\/)/, 'must be redis://…, rediss://… or unix:<path>'),
  HOOKSWITCH_ACCESS_TTL: wholeNumber('seconds', 10, DAY_S).default(3_600),
  HOOKSWITCH_REFRESH_TTL: wholeNumber('seconds', 10, 400 * DAY_S).default(30 * DAY_S),
  HOOKSWITCH_MAX_STALENESS: wholeNumber('seconds', 2, 300).default(5),
  HOOKSWITCH_RUN: z.string('is not set: `npm start` sets it to the folder of its sockets'),
  HOOKSWITCH_STREAM_INSTANCES: wholeNumber('instances', 1, MAX_STREAM_INSTANCES).default(1),
  HOOKSWITCH_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
}
