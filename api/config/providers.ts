import { createPrivateKey } from 'node:crypto'
import { z } from 'zod'
import { Role } from '../../contract/claims.ts'
import { readSettingsFile } from '../../runtime/settings-file.ts'
import { PROVIDER_ID } from '../core/auth/providers/provider-id.ts'
import type { mailSettings } from './mail.ts'
import type { provisioningSettings } from './provisioning.ts'
import { publicUrlOf } from './public-url.ts'

export const providerSettings = {
  HOOKSWITCH_PROVIDERS_FILE: z.string().optional(),
}

type Env = z.output<z.ZodObject<typeof providerSettings & typeof mailSettings & typeof provisioningSettings>>

export function validateProviders(env: Env, ctx: z.core.$RefinementCtx<Env>): void {
  if (env.HOOKSWITCH_PROVIDERS_FILE === undefined || publicUrlOf(env) !== undefined) return
  ctx.addIssue({
    code: 'custom',
    path: ['HOOKSWITCH_PUBLIC_URL'],
    message: 'is not set, and HOOKSWITCH_PROVIDERS_FILE needs it',
  })
}

export const toProvidersConfig = (env: Env) => ({
  providersFile: env.HOOKSWITCH_PROVIDERS_FILE,
})

const claim = (name: string) => z.string().min(1).max(128).default(name)

const Provider = z
  .strictObject({
    /** Part of the redirect URI and of the source of each account: never reused for another issuer. */
    id: z.string().regex(PROVIDER_ID, 'must be 1 to 32 small letters, digits and -, a letter first'),
    name: z.string().min(1).max(64),
    issuer: z.string().refine((text) => URL.canParse(text), 'must be a URL such as https://id.example.org'),
    client_id: z.string().min(1).max(256),
    client_secret_file: z.string().min(1).optional(),
    private_key_file: z.string().min(1).optional(),
    scopes: z
      .array(z.string().regex(/^[!#-[\]-~]{1,128}$/, 'must be a scope such as email'))
      .default(['openid', 'profile', 'email']),
    claims: z
      .strictObject({
        username: claim('preferred_username'),
        email: claim('email'),
        display_name: claim('name'),
        extension: z.string().min(1).max(128).optional(),
        groups: claim('groups'),
      })
      .prefault({}),
    roles: z.record(z.string().min(1).max(256), Role).optional(),
    required_group: z.string().min(1).max(256).optional(),
    create_accounts: z.boolean().default(false),
    allow_http_loopback: z.boolean().default(false),
  })
  .refine(({ scopes }) => scopes.includes('openid'), {
    path: ['scopes'],
    message: 'must include openid',
  })
  .refine((one) => one.client_secret_file === undefined || one.private_key_file === undefined, {
    path: ['private_key_file'],
    message: 'must not stand beside client_secret_file',
  })
  .refine(({ issuer, allow_http_loopback }) => isAllowedIssuer(issuer, allow_http_loopback), {
    path: ['issuer'],
    message: 'must be https://…, without a query',
  })

const ProvidersFile = z
  .strictObject({ providers: z.array(Provider).max(20) })
  .refine(({ providers }) => new Set(providers.map(({ id }) => id)).size === providers.length, {
    path: ['providers'],
    message: 'must have an id of its own each',
  })

type Provider = z.output<typeof Provider>

/** A provider of the file, with the secrets of the files that it names. */
export interface ProviderFileEntry extends Omit<Provider, 'client_secret_file' | 'private_key_file'> {
  clientSecret: string | undefined
  /** PKCS #8 in PEM. */
  privateKey: string | undefined
}

/**
 * Reads the file of HOOKSWITCH_PROVIDERS_FILE. A relative path in it begins at its folder.
 * @throws {SettingsError} with every error and its place
 */
export function readProvidersFile(path: string | undefined): ProviderFileEntry[] {
  if (path === undefined) return []
  const file = readSettingsFile('HOOKSWITCH_PROVIDERS_FILE', path, ProvidersFile)
  const secretOf = (name: string | undefined) => (name === undefined ? undefined : file.readNamed(name))
  return file.data.providers.map(({ client_secret_file, private_key_file, ...provider }) => {
    const privateKey = secretOf(private_key_file)
    if (privateKey !== undefined && !isPrivateKey(privateKey))
      throw file.error(`names ${private_key_file}, which is no private key in PEM: RSA, P-256 or Ed25519`)
    return { ...provider, clientSecret: secretOf(client_secret_file), privateKey }
  })
}

function isAllowedIssuer(text: string, allowHttpLoopback: boolean): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, search, hash, username } = new URL(text)
  if (search !== '' || hash !== '' || username !== '') return false
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
  return protocol === 'https:' || (protocol === 'http:' && allowHttpLoopback && isLoopback)
}

function isPrivateKey(pem: string): boolean {
  try {
    const { asymmetricKeyType: type, asymmetricKeyDetails: details } = createPrivateKey(pem)
    return type === 'rsa' || type === 'ed25519' || (type === 'ec' && details?.namedCurve === 'prime256v1')
  } catch {
    return false
  }
}
