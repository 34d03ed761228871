import { isIP } from 'node:net'
import { z } from 'zod'
import { booleanFlag, wholeNumber } from '../../runtime/env.ts'
import { DAY_S } from '../../runtime/time.ts'
import { QUARANTINE_S } from '../core/provisioning/extensions.ts'
import { REGISTRATION_MODES } from '../core/registration/registration-mode.ts'
import { type pbxSettings, toAmiAddress } from './pbx.ts'

export const PROVISIONERS = ['none', 'asterisk', 'asterisk-wizard', 'freepbx', 'mikopbx'] as const

const url = z
  .string()
  .regex(/^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/, 'must be http://… or https://…, without a user or a query')
const name = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, 'must be letters, digits, _, . and -')
const address = z.string().refine((text) => isIP(text) !== 0, 'must be an IP address')

/** Its bounds are as `PHONE_EXTENSION`. */
const EXTENSION_RANGE = /^\d{2,8}-\d{2,8}$/
const MAX_EXTENSIONS = 100_000

/** How many days an extension is quarantined. */
export const Quarantine = wholeNumber('days', 0, 3_650).default(QUARANTINE_S / DAY_S)

/** Registration and extensions. With `HOOKSWITCH_PROVISIONER=none` no extension is created. */
export const provisioningSettings = {
  HOOKSWITCH_REGISTRATION: z.enum(REGISTRATION_MODES).default('invitation'),
  HOOKSWITCH_PROVISIONER: z.enum(PROVISIONERS).default('none'),
  HOOKSWITCH_EXTENSIONS: z
    .string()
    .regex(EXTENSION_RANGE, 'must be two numbers of 2 to 8 digits, such as 2000-2999')
    .refine((text) => rangeSize(text) > 0, 'must go up, between numbers of equally many digits')
    .refine((text) => rangeSize(text) <= MAX_EXTENSIONS, `must hold ${MAX_EXTENSIONS} numbers or fewer`)
    .default('2000-2999'),
  HOOKSWITCH_EXTENSION_QUARANTINE: Quarantine,
  HOOKSWITCH_SIP_DOMAIN: z
    .string()
    .regex(
      /^([A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])$/,
      'must be a name or an address, an IPv6 one in brackets',
    )
    .optional(),
  HOOKSWITCH_SIP_PORT: wholeNumber('', 1, 65_535).default(5060),
  HOOKSWITCH_SIP_TRANSPORT: z.enum(['udp', 'tcp', 'tls']).default('udp'),
  HOOKSWITCH_PUBLIC_URL: url.optional(),

  HOOKSWITCH_PROVISIONER_CA: z.string().optional(),
  HOOKSWITCH_PROVISIONER_SELF_SIGNED: booleanFlag(),
  HOOKSWITCH_ARI_URL: url.optional(),
  HOOKSWITCH_ARI_USER: z.string().default('hookswitch'),
  HOOKSWITCH_ARI_PASSWORD: z.string().optional(),
  HOOKSWITCH_ARI_CONTEXT: name.default('from-internal'),
  HOOKSWITCH_ARI_CODECS: z
    .string()
    .regex(/^[a-z0-9]{1,20}(,[a-z0-9]{1,20})*$/, 'must be codecs such as opus,alaw,ulaw')
    .default('opus,alaw,ulaw'),
  HOOKSWITCH_ARI_TRANSPORT: name.optional(),
  HOOKSWITCH_ARI_MEDIA_ADDRESS: address.optional(),
  HOOKSWITCH_ARI_WEB_CONTEXT: name.default('hookswitch-web'),
  HOOKSWITCH_ARI_WEB_MEDIA_ADDRESS: address.optional(),
  HOOKSWITCH_AMI_CONFIG_USER: z.string().default('hookswitch-config'),
  HOOKSWITCH_AMI_CONFIG_SECRET: z.string().optional(),
  HOOKSWITCH_WIZARD_TEMPLATE: name.default('hookswitch'),
  HOOKSWITCH_FREEPBX_URL: url.optional(),
  HOOKSWITCH_FREEPBX_CLIENT_ID: z.string().optional(),
  HOOKSWITCH_FREEPBX_CLIENT_SECRET: z.string().optional(),
  HOOKSWITCH_MIKOPBX_URL: url.optional(),
  HOOKSWITCH_MIKOPBX_LOGIN: z.string().optional(),
  HOOKSWITCH_MIKOPBX_PASSWORD: z.string().optional(),
  HOOKSWITCH_MIKOPBX_API_KEY: z.string().optional(),
}

type Env = z.output<z.ZodObject<typeof provisioningSettings & typeof pbxSettings>>
type Name = keyof Env

/** The settings that each provisioner requires; of each inner list, one is enough. */
const REQUIRED_SETTINGS: Record<Env['HOOKSWITCH_PROVISIONER'], readonly (readonly Name[])[]> = {
  none: [],
  asterisk: [['HOOKSWITCH_ARI_URL'], ['HOOKSWITCH_ARI_PASSWORD']],
  'asterisk-wizard': [['HOOKSWITCH_AMI_HOST'], ['HOOKSWITCH_AMI_CONFIG_SECRET']],
  freepbx: [
    ['HOOKSWITCH_FREEPBX_URL'],
    ['HOOKSWITCH_FREEPBX_CLIENT_ID'],
    ['HOOKSWITCH_FREEPBX_CLIENT_SECRET'],
  ],
  mikopbx: [
    ['HOOKSWITCH_MIKOPBX_URL'],
    ['HOOKSWITCH_MIKOPBX_API_KEY', 'HOOKSWITCH_MIKOPBX_LOGIN'],
    ['HOOKSWITCH_MIKOPBX_API_KEY', 'HOOKSWITCH_MIKOPBX_PASSWORD'],
  ],
}

/** A provisioner needs its address and credentials, and phones need the SIP domain. */
export function validateProvisioning(env: Env, ctx: z.core.$RefinementCtx<Env>): void {
  const provisioner = env.HOOKSWITCH_PROVISIONER
  if (provisioner === 'none') return
  const needed: readonly (readonly Name[])[] = [['HOOKSWITCH_SIP_DOMAIN'], ...REQUIRED_SETTINGS[provisioner]]
  for (const names of needed) {
    if (names.some((one) => env[one] !== undefined)) continue
    const message = `is not set, and HOOKSWITCH_PROVISIONER=${provisioner} needs it`
    ctx.addIssue({ code: 'custom', path: [names.at(-1) ?? ''], message })
  }
}

export const toProvisioningConfig = (env: Env) => ({
  registration: env.HOOKSWITCH_REGISTRATION,
  range: parseRange(env.HOOKSWITCH_EXTENSIONS),
  /** Seconds. */
  quarantine: env.HOOKSWITCH_EXTENSION_QUARANTINE * DAY_S,
  sipServer: {
    domain: env.HOOKSWITCH_SIP_DOMAIN ?? '',
    port: env.HOOKSWITCH_SIP_PORT,
    transport: env.HOOKSWITCH_SIP_TRANSPORT,
  },
  publicUrl: env.HOOKSWITCH_PUBLIC_URL,
  provisioner: toProvisionerConfig(env),
})

/** Which provisioner creates the extensions, and how it reaches the PBX. */
export type ProvisionerConfig = NonNullable<ReturnType<typeof toProvisionerConfig>>

function toProvisionerConfig(env: Env) {
  const access = {
    caPath: env.HOOKSWITCH_PROVISIONER_CA,
    allowSelfSigned: env.HOOKSWITCH_PROVISIONER_SELF_SIGNED,
  }
  // `validateProvisioning` has checked that the required settings are there.
  switch (env.HOOKSWITCH_PROVISIONER) {
    case 'none':
      return undefined
    case 'asterisk':
      return {
        ...access,
        kind: 'asterisk' as const,
        baseUrl: env.HOOKSWITCH_ARI_URL ?? '',
        username: env.HOOKSWITCH_ARI_USER,
        password: env.HOOKSWITCH_ARI_PASSWORD ?? '',
        phones: {
          context: env.HOOKSWITCH_ARI_CONTEXT,
          codecs: env.HOOKSWITCH_ARI_CODECS.split(','),
          transport: env.HOOKSWITCH_ARI_TRANSPORT,
          mediaAddress: env.HOOKSWITCH_ARI_MEDIA_ADDRESS,
          web: {
            template: env.HOOKSWITCH_WEB_ENDPOINT,
            context: env.HOOKSWITCH_ARI_WEB_CONTEXT,
            mediaAddress: env.HOOKSWITCH_ARI_WEB_MEDIA_ADDRESS,
          },
        },
      }
    case 'asterisk-wizard':
      return {
        kind: 'asterisk-wizard' as const,
        amiAddress: toAmiAddress(env),
        login: {
          username: env.HOOKSWITCH_AMI_CONFIG_USER,
          secret: env.HOOKSWITCH_AMI_CONFIG_SECRET ?? '',
        },
        template: env.HOOKSWITCH_WIZARD_TEMPLATE,
      }
    case 'freepbx':
      return {
        ...access,
        kind: 'freepbx' as const,
        baseUrl: env.HOOKSWITCH_FREEPBX_URL ?? '',
        clientId: env.HOOKSWITCH_FREEPBX_CLIENT_ID ?? '',
        clientSecret: env.HOOKSWITCH_FREEPBX_CLIENT_SECRET ?? '',
      }
    case 'mikopbx':
      return {
        ...access,
        kind: 'mikopbx' as const,
        baseUrl: env.HOOKSWITCH_MIKOPBX_URL ?? '',
        login:
          env.HOOKSWITCH_MIKOPBX_API_KEY === undefined
            ? {
                login: env.HOOKSWITCH_MIKOPBX_LOGIN ?? '',
                password: env.HOOKSWITCH_MIKOPBX_PASSWORD ?? '',
              }
            : { apiKey: env.HOOKSWITCH_MIKOPBX_API_KEY },
      }
  }
}

function parseRange(text: string) {
  const [first = '', last = ''] = text.split('-')
  return { first, last }
}

function rangeSize(text: string): number {
  const { first, last } = parseRange(text)
  return first.length === last.length ? Number(last) - Number(first) + 1 : 0
}
