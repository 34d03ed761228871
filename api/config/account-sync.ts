import { z } from 'zod'
import { wholeNumber } from '../../runtime/env.ts'
import {
  ACCOUNT_SOURCES,
  type AccountSourceName,
  isFileSource,
} from '../core/account-imports/account-source.ts'
import { SIGN_INS } from '../core/account-imports/import-plan.ts'
import { type pbxSettings, toAmiAddress } from './pbx.ts'
import type { provisioningSettings } from './provisioning.ts'

/** Accounts that follow the people of a PBX. Without a source nothing runs by itself. */
export const accountSyncSettings = {
  HOOKSWITCH_ACCOUNT_SYNC_SOURCE: z
    .string()
    .regex(
      /^(?:mikopbx|freepbx|asterisk|(?:csv|pjsip):\/[^\p{Cc}]+)$/u,
      'must be mikopbx, freepbx, asterisk, csv:/a/file or pjsip:/a/file',
    )
    .optional(),
  HOOKSWITCH_ACCOUNT_SYNC_INTERVAL_MINUTES: wholeNumber('minutes', 1, 10_080).default(60),
  HOOKSWITCH_ACCOUNT_SYNC_SIGN_IN: z.enum(SIGN_INS).default('none'),
}

type Env = z.output<
  z.ZodObject<typeof accountSyncSettings & typeof provisioningSettings & typeof pbxSettings>
>

/** Where people are imported from. */
export const toAccountSourceConfig = (env: Env) => ({
  templates: { phone: env.HOOKSWITCH_ENDPOINT, web: env.HOOKSWITCH_WEB_ENDPOINT },
  http: { caPath: env.HOOKSWITCH_PROVISIONER_CA, allowSelfSigned: env.HOOKSWITCH_PROVISIONER_SELF_SIGNED },
  freepbx:
    env.HOOKSWITCH_FREEPBX_URL === undefined ||
    env.HOOKSWITCH_FREEPBX_CLIENT_ID === undefined ||
    env.HOOKSWITCH_FREEPBX_CLIENT_SECRET === undefined
      ? undefined
      : {
          baseUrl: env.HOOKSWITCH_FREEPBX_URL,
          clientId: env.HOOKSWITCH_FREEPBX_CLIENT_ID,
          clientSecret: env.HOOKSWITCH_FREEPBX_CLIENT_SECRET,
        },
  mikopbx: toMikopbx(env),
  ami: toAmi(env),
})
export type AccountSourceConfig = ReturnType<typeof toAccountSourceConfig>

function toMikopbx(env: Env) {
  const baseUrl = env.HOOKSWITCH_MIKOPBX_URL
  const { HOOKSWITCH_MIKOPBX_API_KEY: apiKey, HOOKSWITCH_MIKOPBX_LOGIN: login } = env
  if (baseUrl === undefined) return undefined
  if (apiKey !== undefined) return { baseUrl, login: { apiKey } }
  const password = env.HOOKSWITCH_MIKOPBX_PASSWORD
  return login === undefined || password === undefined ? undefined : { baseUrl, login: { login, password } }
}

/** The user that may list endpoints: that of configuration files, else the one of commands. */
function toAmi(env: Env) {
  if (env.HOOKSWITCH_AMI_HOST === undefined) return undefined
  const login =
    env.HOOKSWITCH_AMI_CONFIG_SECRET === undefined
      ? { username: env.HOOKSWITCH_AMI_CONTROL_USER, secret: env.HOOKSWITCH_AMI_CONTROL_SECRET }
      : { username: env.HOOKSWITCH_AMI_CONFIG_USER, secret: env.HOOKSWITCH_AMI_CONFIG_SECRET }
  if (login.secret === undefined) return undefined
  return { address: toAmiAddress(env), login: { username: login.username, secret: login.secret } }
}

export interface AccountSyncConfig {
  source: AccountSourceName
  /** Of a source that is a file. */
  path: string | undefined
  intervalMs: number
  signIn: (typeof SIGN_INS)[number]
}

/** Undefined: nothing runs by itself. */
export function toAccountSyncConfig(env: Env): AccountSyncConfig | undefined {
  const text = env.HOOKSWITCH_ACCOUNT_SYNC_SOURCE
  if (text === undefined) return undefined
  const [name, ...path] = text.split(':')
  const source = ACCOUNT_SOURCES.find((one) => one === name) ?? 'csv'
  return {
    source,
    path: isFileSource(source) ? path.join(':') : undefined,
    intervalMs: env.HOOKSWITCH_ACCOUNT_SYNC_INTERVAL_MINUTES * 60_000,
    signIn: env.HOOKSWITCH_ACCOUNT_SYNC_SIGN_IN,
  }
}

/** A source needs its address and credentials. */
export function validateAccountSync(env: Env, ctx: z.core.$RefinementCtx<Env>): void {
  const sync = toAccountSyncConfig(env)
  if (sync === undefined || isFileSource(sync.source)) return
  const sources = toAccountSourceConfig(env)
  const found = { mikopbx: sources.mikopbx, freepbx: sources.freepbx, asterisk: sources.ami }
  if (found[sync.source as keyof typeof found] !== undefined) return
  const message = `needs the address and the credentials of ${sync.source}: see the settings of the provisioner and of AMI`
  ctx.addIssue({ code: 'custom', path: ['HOOKSWITCH_ACCOUNT_SYNC_SOURCE'], message })
}
