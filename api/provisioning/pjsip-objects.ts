import { type ExtensionSpec, ProvisioningError } from '../core/provisioning/provisioner.ts'
import { sanitizeName, validateSpec } from './validate-extension.ts'

/** Options of the phones of an Asterisk, with the values of pjsip.conf. */
export interface AsteriskPhoneOptions {
  /** Dialplan context of their calls. */
  context: string
  /** In the order of preference. */
  codecs: readonly string[]
  /** For browsers: DTLS, ICE and the other requirements of WebRTC. Desk phones cannot use such an endpoint. */
  webrtc?: boolean | undefined
  /** A transport of pjsip.conf; default: any. Not for browsers, which use their WebSocket connection. */
  transport?: string | undefined
  /** How many phones may be registered at once; with 1, a new registration replaces the old one. */
  maxContacts?: number | undefined
  /** More endpoint options; they override those set here. */
  endpoint?: PjsipFields | undefined
}

export type PjsipFields = Readonly<Record<string, string>>
/** The objects that form an extension. */
export type PjsipObjectType = 'auth' | 'aor' | 'endpoint'

/**
 * Option of an object that stores the ownership tag. Asterisk stores options that begin with `@` without using them.
 * No other option is free: `set_var` is lost at the first restart.
 */
export const OWNERSHIP_OPTION = '@hookswitch_mark'

const NAME = /^[A-Za-z0-9_.-]{1,64}$/
const OPTION = /^[a-z0-9_]{1,40}$/
const VALUE = /^[^;\p{Cc}\p{Zl}\p{Zp}]{0,200}$/u
/** Options that `AsteriskPhoneOptions.endpoint` must not override. */
const RESERVED_OPTIONS = [
  'type',
  'auth',
  'aors',
  'callerid',
  'context',
  'disallow',
  'allow',
  'webrtc',
  'transport',
]

/** @throws {Error} naming the invalid setting */
export function validatePhoneOptions(phones: AsteriskPhoneOptions): void {
  const { context, codecs, transport, maxContacts = 1, endpoint = {} } = phones
  const invalid = (what: string) => new Error(`extensions of Asterisk: ${what}`)
  if (!NAME.test(context)) throw invalid('the context is not a name')
  if (codecs.length === 0 || !codecs.every((one) => /^[a-z0-9]{1,20}$/.test(one))) {
    throw invalid('the codecs are not names such as alaw')
  }
  if (transport !== undefined && !NAME.test(transport)) throw invalid('the transport is not a name')
  if (!Number.isInteger(maxContacts) || maxContacts < 1 || maxContacts > 20) {
    throw invalid('the number of contacts is not from 1 to 20')
  }
  for (const [option, value] of Object.entries(endpoint)) {
    if (!OPTION.test(option) || RESERVED_OPTIONS.includes(option))
      throw invalid(`${option} cannot be set here`)
    if (!VALUE.test(value)) throw invalid(`the value of ${option} cannot be written`)
  }
}

/**
 * The three objects of an extension, in the order of their creation: a partial extension must never be an endpoint
 * without a password.
 *
 * No `realm`: it is sent to unauthenticated clients, so a realm that differs from Asterisk's default would reveal
 * which extensions exist. No `auth_type`: its value was renamed in Asterisk 20, and the default is the same.
 * @throws {ProvisioningError} `refused` for an invalid spec
 */
export function buildPjsipObjects(
  spec: ExtensionSpec,
  phones: AsteriskPhoneOptions,
): [PjsipObjectType, PjsipFields][] {
  const { extension, secret, ownershipTag } = validatedSpec(spec)
  return [
    ['auth', { [OWNERSHIP_OPTION]: ownershipTag, username: extension, password: secret }],
    [
      'aor',
      {
        [OWNERSHIP_OPTION]: ownershipTag,
        max_contacts: String(phones.maxContacts ?? 1),
        remove_existing: 'yes',
      },
    ],
    [
      'endpoint',
      {
        [OWNERSHIP_OPTION]: ownershipTag,
        context: phones.context,
        auth: extension,
        aors: extension,
        callerid: buildCallerId(spec),
        disallow: 'all',
        allow: phones.codecs.join(','),
        webrtc: phones.webrtc === true ? 'yes' : 'no',
        ...(phones.transport === undefined ? {} : { transport: phones.transport }),
        // For phones behind NAT.
        direct_media: 'no',
        rtp_symmetric: 'yes',
        force_rport: 'yes',
        rewrite_contact: 'yes',
        ...phones.endpoint,
      },
    ],
  ]
}

/** @throws {ProvisioningError} `refused` */
export function validatedSpec(spec: ExtensionSpec): ExtensionSpec {
  validateSpec(spec)
  if (!/^[A-Za-z0-9]{12,64}$/.test(spec.secret)) {
    throw new ProvisioningError('refused', 'the secret is not 12 to 64 letters and digits')
  }
  return spec
}

/** @returns `"name" <extension>`, the name without characters that have a meaning in configuration files */
export const buildCallerId = ({ displayName, extension }: ExtensionSpec): string =>
  `"${sanitizeName(displayName, extension, 80)}" <${extension}>`

export const takenError = () =>
  new ProvisioningError('taken', 'Asterisk has this extension, and not by this registration')

export const unconfirmedError = (what: string) => new ProvisioningError('unconfirmed', `Asterisk ${what}`)
