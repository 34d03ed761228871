import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { z } from 'zod'
import { defaultDatabaseUrl, originList } from '../../api/config/config.ts'
import { commonSettings } from '../../contract/common-settings.ts'
import { ALGORITHMS } from '../../contract/keys.ts'
import { commaSeparated, wholeNumber } from '../../runtime/env.ts'

const address = z
  .string()
  .refine((text) => isIP(text) !== 0, 'must be an IP address, such as 127.0.0.1 or 0.0.0.0')

/** The settings of `npm start`; the other processes read theirs from the same environment. */
export const StartSettings = z
  .object({
    ...commonSettings,
    REDIS_URL: commonSettings.REDIS_URL.optional(),
    HOOKSWITCH_RUN: z.string().optional(),
    DATABASE_URL: z.string().optional(),
    HOOKSWITCH_HOST: address.default('127.0.0.1'),
    HOOKSWITCH_PORT: wholeNumber('', 1, 65_535).default(8080),
    HOOKSWITCH_TLS_CERT_FILE: z.string().optional(),
    HOOKSWITCH_TLS_KEY_FILE: z.string().optional(),
    HOOKSWITCH_MEDIA_ROOT: z.string().optional(),
    HOOKSWITCH_SYSTEM: z.string().optional(),
    HOOKSWITCH_TOKEN_ALG: z.enum(ALGORITHMS).default('HS256'),
    HOOKSWITCH_NGINX_WORKERS: z
      .string()
      .regex(/^(auto|[1-9]\d?)$/, 'must be auto or a number up to 99')
      .default('auto'),
    HOOKSWITCH_NCHAN_MEMORY: wholeNumber('megabytes', 8, 65_536).default(128),
    HOOKSWITCH_PBX_SIP_PORT: wholeNumber('', 1, 65_535).default(5060),
    HOOKSWITCH_PBX_AMI_PORT: wholeNumber('', 1, 65_535).default(5038),
    HOOKSWITCH_PBX_HTTP_PORT: wholeNumber('', 1, 65_535).default(8088),
    HOOKSWITCH_ALLOWED_ORIGINS: originList(),
    HOOKSWITCH_TRUSTED_PROXIES: commaSeparated().pipe(
      z.array(
        z.string().regex(/^[0-9a-f.:]+(\/\d{1,3})?$/i, 'must be addresses or networks like 10.0.0.0/8'),
      ),
    ),
  })
  .superRefine(({ HOOKSWITCH_TLS_CERT_FILE: cert, HOOKSWITCH_TLS_KEY_FILE: key }, ctx) => {
    if ((cert === undefined) === (key === undefined)) return
    const missing = cert === undefined ? 'HOOKSWITCH_TLS_CERT_FILE' : 'HOOKSWITCH_TLS_KEY_FILE'
    ctx.addIssue({
      code: 'custom',
      path: [missing],
      message: 'is not set, and TLS needs certificate and key',
    })
  })
  .transform((env) => {
    const data = resolve(env.HOOKSWITCH_DATA)
    return {
      data,
      redisUrl: env.REDIS_URL,
      databaseUrl: env.DATABASE_URL ?? defaultDatabaseUrl(data),
      host: env.HOOKSWITCH_HOST,
      port: env.HOOKSWITCH_PORT,
      tls: tlsFiles(env.HOOKSWITCH_TLS_CERT_FILE, env.HOOKSWITCH_TLS_KEY_FILE),
      systemFolder: resolve(env.HOOKSWITCH_SYSTEM ?? `${data}/system`),
      mediaRoot: resolve(env.HOOKSWITCH_MEDIA_ROOT ?? `${data}/media`),
      hasOwnMedia: env.HOOKSWITCH_MEDIA_ROOT === undefined,
      algorithm: env.HOOKSWITCH_TOKEN_ALG,
      workers: env.HOOKSWITCH_NGINX_WORKERS,
      streamInstances: env.HOOKSWITCH_STREAM_INSTANCES,
      nchanMemoryMb: env.HOOKSWITCH_NCHAN_MEMORY,
      pbxSipPort: env.HOOKSWITCH_PBX_SIP_PORT,
      pbxAmiPort: env.HOOKSWITCH_PBX_AMI_PORT,
      pbxHttpPort: env.HOOKSWITCH_PBX_HTTP_PORT,
      allowedOrigins: env.HOOKSWITCH_ALLOWED_ORIGINS,
      trustedProxies: env.HOOKSWITCH_TRUSTED_PROXIES,
    }
  })
export type StartSettings = z.output<typeof StartSettings>

/** The PEM files of a certificate, with its chain, and of its key. */
export interface TlsFiles {
  certificate: string
  key: string
}

const tlsFiles = (certificate: string | undefined, key: string | undefined): TlsFiles | undefined =>
  certificate === undefined || key === undefined
    ? undefined
    : { certificate: resolve(certificate), key: resolve(key) }

/** Whether only this machine can reach an address. */
export const isLoopback = (host: string) => host === '::1' || /^127\./.test(host)
