import { z } from 'zod'
import { booleanFlag } from '../../runtime/env.ts'
import type { provisioningSettings } from './provisioning.ts'

/** Where the passwords of accounts with the authority `phone` are verified. */
export const PHONE_SIGN_IN_MODES = ['off', 'register', 'source'] as const

const SERVER =
  /^sip:([A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?(?:;transport=(udp|tcp|tls))?$/

export const phoneSignInSettings = {
  HOOKSWITCH_PHONE_SIGN_IN: z.enum(PHONE_SIGN_IN_MODES).default('off'),
  HOOKSWITCH_PHONE_SIGN_IN_SERVER: z
    .string()
    .regex(SERVER, 'must be sip:<host>:<port>;transport=<udp, tcp or tls>')
    .refine((text) => parseServer(text) !== undefined, 'must have a port from 1 to 65535')
    .optional(),
  HOOKSWITCH_PHONE_SIGN_IN_CA: z.string().optional(),
  HOOKSWITCH_PHONE_SIGN_IN_USERNAME: z
    .string()
    .regex(
      /^[A-Za-z0-9_-]{0,40}\{extension\}[A-Za-z0-9_-]{0,40}$/,
      'must hold {extension}, as in {extension}-WS',
    )
    .default('{extension}'),
  HOOKSWITCH_PHONE_SIGN_IN_CACHE: booleanFlag(),
}

type Env = z.output<z.ZodObject<typeof phoneSignInSettings & typeof provisioningSettings>>

export function validatePhoneSignIn(env: Env, ctx: z.core.$RefinementCtx<Env>): void {
  const addIssue = (name: keyof Env, message: string) =>
    ctx.addIssue({ code: 'custom', path: [name], message })
  if (env.HOOKSWITCH_PHONE_SIGN_IN === 'register' && env.HOOKSWITCH_PHONE_SIGN_IN_SERVER === undefined)
    addIssue('HOOKSWITCH_PHONE_SIGN_IN_SERVER', 'is not set, and HOOKSWITCH_PHONE_SIGN_IN=register needs it')
  if (env.HOOKSWITCH_PHONE_SIGN_IN === 'source' && toSecretSource(env) === undefined)
    addIssue(
      'HOOKSWITCH_PHONE_SIGN_IN',
      'is source, which needs the access to one FreePBX (HOOKSWITCH_FREEPBX_URL and its client) or one MikoPBX (HOOKSWITCH_MIKOPBX_URL and its key or login)',
    )
}

export type PhoneSignInConfig = ReturnType<typeof toPhoneSignInConfig>['phoneSignIn']

export const toPhoneSignInConfig = (env: Env) => ({
  phoneSignIn: {
    mode: env.HOOKSWITCH_PHONE_SIGN_IN,
    server: {
      host: '',
      port: 0,
      transport: 'udp' as const,
      ...parseServer(env.HOOKSWITCH_PHONE_SIGN_IN_SERVER ?? ''),
    },
    caPath: env.HOOKSWITCH_PHONE_SIGN_IN_CA,
    /** Host part of the phones' addresses. */
    domain: env.HOOKSWITCH_SIP_DOMAIN ?? SERVER.exec(env.HOOKSWITCH_PHONE_SIGN_IN_SERVER ?? '')?.[1] ?? '',
    usernameTemplate: env.HOOKSWITCH_PHONE_SIGN_IN_USERNAME,
    source: toSecretSource(env),
    caches: env.HOOKSWITCH_PHONE_SIGN_IN_CACHE,
  },
})

interface ServerAddress {
  /** Without brackets. */
  host: string
  port: number
  transport: 'udp' | 'tcp' | 'tls'
}

function parseServer(text: string): ServerAddress | undefined {
  const [, host, portText, transportText] = SERVER.exec(text) ?? []
  if (host === undefined) return undefined
  // The expression of the setting allows these three alone.
  const transport = (transportText ?? 'udp') as ServerAddress['transport']
  const port = portText === undefined ? (transport === 'tls' ? 5061 : 5060) : Number(portText)
  if (port < 1 || port > 65_535) return undefined
  return { host: host.replace(/^\[|\]$/g, ''), port, transport }
}

/**
 * The PBX that shows the secrets of its phones. With settings of both, the provisioner decides.
 * @returns undefined without a complete access to exactly one
 */
function toSecretSource(env: Env) {
  const access = {
    caPath: env.HOOKSWITCH_PROVISIONER_CA,
    allowSelfSigned: env.HOOKSWITCH_PROVISIONER_SELF_SIGNED,
  }
  const freepbx = toFreepbxAccess(env)
  const mikopbx = toMikopbxAccess(env)
  const isChosen = (kind: 'freepbx' | 'mikopbx', other: unknown) =>
    other === undefined || env.HOOKSWITCH_PROVISIONER === kind
  if (freepbx !== undefined && isChosen('freepbx', mikopbx))
    return { kind: 'freepbx' as const, ...access, ...freepbx }
  if (mikopbx !== undefined && isChosen('mikopbx', freepbx))
    return { kind: 'mikopbx' as const, ...access, ...mikopbx }
  return undefined
}

function toFreepbxAccess(env: Env) {
  const [baseUrl, clientId, clientSecret] = [
    env.HOOKSWITCH_FREEPBX_URL,
    env.HOOKSWITCH_FREEPBX_CLIENT_ID,
    env.HOOKSWITCH_FREEPBX_CLIENT_SECRET,
  ]
  if (baseUrl === undefined || clientId === undefined || clientSecret === undefined) return undefined
  return { baseUrl, clientId, clientSecret }
}

function toMikopbxAccess(env: Env) {
  const [baseUrl, apiKey] = [env.HOOKSWITCH_MIKOPBX_URL, env.HOOKSWITCH_MIKOPBX_API_KEY]
  const [login, password] = [env.HOOKSWITCH_MIKOPBX_LOGIN, env.HOOKSWITCH_MIKOPBX_PASSWORD]
  if (baseUrl === undefined) return undefined
  if (apiKey !== undefined) return { baseUrl, login: { apiKey } }
  return login === undefined || password === undefined ? undefined : { baseUrl, login: { login, password } }
}
