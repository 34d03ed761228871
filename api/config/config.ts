import { join, resolve } from 'node:path'
import { z } from 'zod'
import { commonSettings } from '../../contract/common-settings.ts'
import { ALGORITHMS } from '../../contract/keys.ts'
import { publishSockets } from '../../contract/stream-instances.ts'
import { commaSeparated, wholeNumber } from '../../runtime/env.ts'
import { DAY_S } from '../../runtime/time.ts'
import { SUPERVISOR_REACHES } from '../core/auth/supervisor-reach.ts'
import { normalizeOrigin } from '../core/values/origin.ts'
import {
  accountSyncSettings,
  toAccountSourceConfig,
  toAccountSyncConfig,
  validateAccountSync,
} from './account-sync.ts'
import { campaignSettings, toCampaignConfig } from './campaigns.ts'
import { mailSettings, toMailConfig, validateMail } from './mail.ts'
import { pbxSettings, toPbxConfig, validatePbx } from './pbx.ts'
import { phoneSignInSettings, toPhoneSignInConfig, validatePhoneSignIn } from './phone-sign-in.ts'
import { providerSettings, toProvidersConfig, validateProviders } from './providers.ts'
import { provisioningSettings, toProvisioningConfig, validateProvisioning } from './provisioning.ts'
import { publicUrlOf } from './public-url.ts'
import { secondFactorSettings, toSecondFactorConfig } from './second-factor.ts'
import { toWebhookConfig, webhookSettings } from './webhooks.ts'
import { toWebrtcConfig, validateWebrtc, webrtcSettings } from './webrtc.ts'

/** The database unless the settings name another one. */
export const defaultDatabaseUrl = (dataFolder: string) =>
  `sqlite:${join(resolve(dataFolder), 'hookswitch.db')}`

/** Of new passwords, in characters; at most what NIST SP 800-63B-4 §3.1.1.2 has verifiers accept at least. */
export const PasswordMinLength = wholeNumber('characters', 8, 64).default(8)

/** Origins of web pages, such as `https://app.example`, in normal form. */
export const originList = () =>
  commaSeparated().transform((all, ctx) =>
    all.map((one) => {
      // nginx reads them too, in quotes.
      const origin = /["';{}$]/.test(one) ? undefined : normalizeOrigin(one)
      if (origin === undefined) ctx.addIssue('must be origins like https://app.example')
      return origin ?? ''
    }),
  )

/** The API's settings, under the names that the API uses. */
export const Config = z
  .object({
    ...commonSettings,
    DATABASE_URL: z
      .string()
      .regex(/^(sqlite:\/|postgres(ql)?:\/\/)/, 'must be postgres://… or sqlite:<absolute path>')
      .optional(),
    HOOKSWITCH_MEDIA_ROOT: z.string().optional(),
    HOOKSWITCH_API_SOCKET: z.string().optional(),
    HOOKSWITCH_NGINX_SOCKETS: z.string().optional(),
    HOOKSWITCH_SIDECAR_SOCKET: z.string().optional(),
    HOOKSWITCH_TOKEN_ALG: z.enum(ALGORITHMS).default('HS256'),
    HOOKSWITCH_SESSION_TTL: wholeNumber('seconds', 60, 4_000 * DAY_S).default(90 * DAY_S),
    HOOKSWITCH_REFRESH_GRACE: wholeNumber('seconds', 0, 300).default(10),
    HOOKSWITCH_PASSWORD_MIN_LENGTH: PasswordMinLength,
    HOOKSWITCH_LOGIN_PER_ACCOUNT: wholeNumber('attempts', 1, 1_000_000).default(10),
    HOOKSWITCH_LOGIN_PER_ADDRESS: wholeNumber('attempts', 1, 1_000_000).default(50),
    HOOKSWITCH_LOGIN_WINDOW: wholeNumber('seconds', 1, DAY_S).default(900),
    // MikoPBX's own limits, per 300 seconds.
    HOOKSWITCH_MIKOPBX_LOGINS: wholeNumber('failed logins', 1, 1_000_000).default(10),
    HOOKSWITCH_MIKOPBX_REFRESHES: wholeNumber('refreshes', 1, 1_000_000).default(100),
    HOOKSWITCH_VOIP_ACCESS_TTL: wholeNumber('seconds', 10, DAY_S).default(DAY_S),
    HOOKSWITCH_CRM_ACCESS_TTL: wholeNumber('seconds', 10, DAY_S).default(DAY_S),
    // At most a quarter of the sockets of one API process: see api/http/voip/socket.ts.
    HOOKSWITCH_MAX_SOCKETS_PER_USER: wholeNumber('sockets', 1, 2_500).default(20),
    HOOKSWITCH_HISTORY_DAYS: wholeNumber('days', 1, 36_500).optional(),
    HOOKSWITCH_SECURITY_LOG_DAYS: wholeNumber('days', 1, 36_500).default(180),
    HOOKSWITCH_SUPERVISOR_REACH: z.enum(SUPERVISOR_REACHES).default('team'),
    HOOKSWITCH_ALLOWED_ORIGINS: originList(),
    HOOKSWITCH_DIRECTORIES_FILE: z.string().optional(),
    ...pbxSettings,
    ...provisioningSettings,
    ...accountSyncSettings,
    ...phoneSignInSettings,
    ...campaignSettings,
    ...mailSettings,
    ...providerSettings,
    ...webhookSettings,
    ...webrtcSettings,
    ...secondFactorSettings,
  })
  .superRefine(validatePbx)
  .superRefine(validateProvisioning)
  .superRefine(validateAccountSync)
  .superRefine(validatePhoneSignIn)
  .superRefine(validateMail)
  .superRefine(validateProviders)
  .superRefine(validateWebrtc)
  .transform((env) => ({
    keysFolder: join(resolve(env.HOOKSWITCH_DATA), 'keys'),
    mediaRoot: resolve(env.HOOKSWITCH_MEDIA_ROOT ?? join(env.HOOKSWITCH_DATA, 'media')),
    securityLogPath: join(resolve(env.HOOKSWITCH_DATA), 'log', 'security.log'),
    databaseUrl: env.DATABASE_URL ?? defaultDatabaseUrl(env.HOOKSWITCH_DATA),
    redisUrl: env.REDIS_URL,
    socket: env.HOOKSWITCH_API_SOCKET ?? join(env.HOOKSWITCH_RUN, 'api.sock'),
    nginxSockets:
      env.HOOKSWITCH_NGINX_SOCKETS?.split(',') ??
      publishSockets(env.HOOKSWITCH_RUN, env.HOOKSWITCH_STREAM_INSTANCES),
    sidecarSockets: (env.HOOKSWITCH_SIDECAR_SOCKET ?? join(env.HOOKSWITCH_RUN, 'sidecar.sock')).split(','),
    algorithm: env.HOOKSWITCH_TOKEN_ALG,
    accessTtl: env.HOOKSWITCH_ACCESS_TTL,
    refreshTtl: env.HOOKSWITCH_REFRESH_TTL,
    // A session lasts at least as long as one opaque refresh token.
    sessionTtl: Math.max(env.HOOKSWITCH_SESSION_TTL, env.HOOKSWITCH_REFRESH_TTL),
    refreshGraceMs: env.HOOKSWITCH_REFRESH_GRACE * 1000,
    longestLifetime: Math.max(env.HOOKSWITCH_ACCESS_TTL, env.HOOKSWITCH_REFRESH_TTL),
    maxStalenessMs: env.HOOKSWITCH_MAX_STALENESS * 1000,
    passwordMinLength: env.HOOKSWITCH_PASSWORD_MIN_LENGTH,
    perAccount: { max: env.HOOKSWITCH_LOGIN_PER_ACCOUNT, window: env.HOOKSWITCH_LOGIN_WINDOW },
    perAddress: { max: env.HOOKSWITCH_LOGIN_PER_ADDRESS, window: env.HOOKSWITCH_LOGIN_WINDOW },
    mikopbxLogins: { max: env.HOOKSWITCH_MIKOPBX_LOGINS, window: 300 },
    mikopbxRefreshes: { max: env.HOOKSWITCH_MIKOPBX_REFRESHES, window: 300 },
    voipAccessTtl: env.HOOKSWITCH_VOIP_ACCESS_TTL,
    crmAccessTtl: env.HOOKSWITCH_CRM_ACCESS_TTL,
    maxSocketsPerUser: env.HOOKSWITCH_MAX_SOCKETS_PER_USER,
    historyDays: env.HOOKSWITCH_HISTORY_DAYS,
    securityLogDays: env.HOOKSWITCH_SECURITY_LOG_DAYS,
    supervisorReach: env.HOOKSWITCH_SUPERVISOR_REACH,
    allowedOrigins: env.HOOKSWITCH_ALLOWED_ORIGINS,
    directoriesPath: env.HOOKSWITCH_DIRECTORIES_FILE,
    logLevel: env.HOOKSWITCH_LOG_LEVEL,
    ...toPbxConfig(env),
    ...toProvisioningConfig(env),
    accountSources: toAccountSourceConfig(env),
    accountSync: toAccountSyncConfig(env),
    ...toPhoneSignInConfig(env),
    ...toCampaignConfig(env),
    ...toMailConfig(env),
    ...toProvidersConfig(env),
    baseUrl: publicUrlOf(env),
    ...toWebhookConfig(env),
    ...toWebrtcConfig(env),
    ...toSecondFactorConfig(env),
  }))
export type Config = z.output<typeof Config>
