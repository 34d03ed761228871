import { type ExtensionSpec, ProvisioningError } from '../core/provisioning/provisioner.ts'
import { sanitizeName, validateSpec } from './validate-extension.ts'

/** What Asterisk's phones are to be like, as pjsip.conf would say it. */
export interface AsteriskPhoneOptions {
  /** The dialplan context they dial in. */
  context: string
  /** In the order they are offered. */
  codecs: readonly string[]
  /** For browsers: DTLS, ICE and what else WebRTC asks for. Desk phones cannot talk to such an endpoint. */
  webrtc?: boolean | undefined
  /** A transport of pjsip.conf; any, unless said. Never for browsers: their connection is the transport. */
  transport?: string | undefined
  /** How many phones may register at once; with one, the second throws the first out. */
  maxContacts?: number | undefined
  /** More of an endpoint's options, over those that are set here. */
  endpoint?: PjsipFields | undefined
}

export type PjsipFields = Readonly<Record<string, string>>
/** What makes an extension. */
export type PjsipObjectType = 'auth' | 'aor' | 'endpoint'

/**
 * In which of an object's options the order's mark is kept. Asterisk stores every option that begins with `@`
 * and gives it no meaning; it knows no other that is free. `set_var` would do until the first restart, after
 * which it is gone.
 */
export const OWNERSHIP_OPTION = '@hookswitch_mark'

const NAME = /^[A-Za-z0-9_.-]{1,64}$/
const OPTION = /^[a-z0-9_]{1,40}$/
const VALUE = /^[^;\p{Cc}\p{Zl}\p{Zp}]{0,200}$/u
/** Whose they are is not for a template to say. */
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

/** @throws {Error} naming the setting that Asterisk must not see */
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
 * The three objects that make an extension. In this order a half-made one is never an endpoint without a
 * password, which anybody could call from.
 *
 * No `realm`: it is told to strangers, so one that differs from Asterisk's own would say which extensions
 * there are. No `auth_type`: its name changed with Asterisk 20, and the default did not.
 * @throws {ProvisioningError} `refused` for an order that Asterisk must not see
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
        // For phones behind other people's routers.
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

/** @returns `"name" <extension>`, the name without anything that a configuration file gives a meaning to */
export const buildCallerId = ({ displayName, extension }: ExtensionSpec): string =>
  `"${sanitizeName(displayName, extension, 80)}" <${extension}>`

export const takenError = () =>
  new ProvisioningError('taken', 'Asterisk has this extension, and not by this registration')

export const unconfirmedError = (what: string) => new ProvisioningError('unconfirmed', `Asterisk ${what}`)
