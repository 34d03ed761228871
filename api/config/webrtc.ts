import { z } from 'zod'
import { commaSeparated, wholeNumber } from '../../runtime/env.ts'
import { DAY_S } from '../../runtime/time.ts'

const urlList = (schemes: string) =>
  commaSeparated().refine(
    (urls) => urls.every((one) => new RegExp(`^(${schemes}):[^\\s@/]{1,255}$`).test(one)),
    `must be addresses such as ${schemes.split('|')[0]}:ice.example.org:3478, separated by commas`,
  )

/** Where this server relays SIP to the PBX. */
export const PHONE_SOCKET_PATH = '/api/v1/phone/socket'

/** What browsers need to work as phones. */
export const webrtcSettings = {
  HOOKSWITCH_WEBRTC_TTL: wholeNumber('seconds', 60, DAY_S).default(3_600),
  HOOKSWITCH_SIP_WS_URL: z
    .string()
    .regex(
      /^(wss?:\/\/[^\s/?#@]+(\/[^\s?#]*)?|\/[^\s?#]*)$/,
      'must be wss://… or ws://…, without a user or a query, or a path of this server',
    )
    .default(PHONE_SOCKET_PATH),
  HOOKSWITCH_SIP_WS_UPSTREAM: z
    .string()
    .regex(/^wss?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/, 'must be wss://… or ws://…, without a user or a query')
    .optional(),
  HOOKSWITCH_STUN_URLS: urlList('stun|stuns'),
  HOOKSWITCH_TURN_URLS: urlList('turn|turns'),
  HOOKSWITCH_TURN_SECRET: z.string().optional(),
}

type Env = z.output<z.ZodObject<typeof webrtcSettings>>

/** A TURN server accepts no client without credentials. */
export function validateWebrtc(env: Env, ctx: z.core.$RefinementCtx<Env>): void {
  if (env.HOOKSWITCH_TURN_URLS.length === 0 || env.HOOKSWITCH_TURN_SECRET !== undefined) return
  const message = 'is not set, and HOOKSWITCH_TURN_URLS needs it'
  ctx.addIssue({ code: 'custom', path: ['HOOKSWITCH_TURN_SECRET'], message })
}

export const toWebrtcConfig = (env: Env) => ({
  /** The PBX's transport for SIP over WebSocket; undefined where browsers get no way to it here. */
  sipWsUpstream: env.HOOKSWITCH_SIP_WS_UPSTREAM,
  webrtc: {
    /** Seconds. */
    ttl: env.HOOKSWITCH_WEBRTC_TTL,
    /** A path is one of this server. */
    websocketUrl: env.HOOKSWITCH_SIP_WS_URL,
    /** Whether browsers register through this server. */
    isRelayed: env.HOOKSWITCH_SIP_WS_URL.startsWith('/'),
    ice: {
      stunUrls: env.HOOKSWITCH_STUN_URLS,
      turnUrls: env.HOOKSWITCH_TURN_URLS,
      turnSecret: env.HOOKSWITCH_TURN_SECRET,
    },
  },
})
