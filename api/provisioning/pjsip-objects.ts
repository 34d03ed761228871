import { isIP } from 'node:net'
import { type ExtensionSpec, ProvisioningError } from '../core/provisioning/provisioner.ts'
import { newSipSecret } from '../core/provisioning/sip-secret.ts'
import { toWebEndpoint } from '../core/provisioning/web-endpoint.ts'
import { sanitizeName, validateSpec } from './validate-extension.ts'

/** Options of the desk phones of an Asterisk, with the values of pjsip.conf, and of the browsers beside them. */
export interface AsteriskPhoneOptions {
  /** Dialplan context of their calls. */
  context: string
  /** In the order of preference. */
  codecs: readonly string[]
  /** A transport of pjsip.conf; default: any. */
  transport?: string | undefined
  /** How many phones may be registered at once; with 1, a new registration replaces the old one. */
  maxContacts?: number | undefined
  /** The local address of their RTP; default: any. */
  mediaAddress?: string | undefined
  web: WebEndpointOptions
  /** More endpoint options; they override those set here. */
  endpoint?: PjsipFields | undefined
}

/** Options of the endpoints of browsers. */
export interface WebEndpointOptions {
  /** Its name: see `toWebEndpoint`. */
  template: string
  /** A dialplan context without numbers: browsers dial through the API, which applies the dial policy. */
  context: string
  /** The local address of their RTP; default: any. It has to be one that browsers reach. */
  mediaAddress?: string | undefined
}

export type PjsipFields = Readonly<Record<string, string>>
/** The objects that form an extension. */
export type PjsipObjectType = 'auth' | 'aor' | 'endpoint'
export interface PjsipObject {
  type: PjsipObjectType
  id: string
  fields: PjsipFields
}

/** A user may have the page open in this many browsers; the oldest registration makes room for another. */
const MAX_BROWSERS = 3

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
  'media_address',
  'bind_rtp_to_media_address',
]

/** @throws {Error} naming the invalid setting */
export function validatePhoneOptions(phones: AsteriskPhoneOptions): void {
  const { context, codecs, transport, maxContacts = 1, endpoint = {}, web } = phones
  const invalid = (what: string) => new Error(`extensions of Asterisk: ${what}`)
  if (!NAME.test(context) || !NAME.test(web.context)) throw invalid('the context is not a name')
  for (const address of [phones.mediaAddress, web.mediaAddress]) {
    if (address !== undefined && isIP(address) === 0) throw invalid('the media address is not an IP address')
  }
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
export function buildPjsipObjects(spec: ExtensionSpec, phones: AsteriskPhoneOptions): PjsipObject[] {
  const { extension, secret, ownershipTag } = validatedSpec(spec)
  return buildObjects(extension, ownershipTag, {
    auth: { username: extension, password: secret },
    aor: { max_contacts: String(phones.maxContacts ?? 1) },
    endpoint: {
      context: phones.context,
      callerid: buildCallerId(spec),
      allow: phones.codecs.join(','),
      webrtc: 'no',
      ...(phones.transport === undefined ? {} : { transport: phones.transport }),
      ...mediaFields(phones.mediaAddress),
      ...phones.endpoint,
    },
  })
}

/**
 * The three objects of the browsers of an extension. The password of its own auth is never stored or returned, so no
 * client knows it: browsers register with lent passwords, each a further auth. Without any auth the endpoint would
 * accept every client.
 *
 * No `transport`: Asterisk answers through the WebSocket of the registration, and would bind RTP to the address of
 * the transport, which is loopback for the WebSocket of a relay.
 * @param about `callerId` as `buildCallerId` returns it
 */
export function buildWebObjects(
  about: { extension: string; ownershipTag: string; callerId: string },
  { template, context, mediaAddress }: WebEndpointOptions,
): PjsipObject[] {
  const id = toWebEndpoint(template, about.extension)
  return buildObjects(id, about.ownershipTag, {
    auth: { username: id, password: newSipSecret() },
    // A browser that vanished must not ring for hours.
    aor: { max_contacts: String(MAX_BROWSERS), maximum_expiration: '600', default_expiration: '600' },
    endpoint: {
      context,
      callerid: about.callerId,
      allow: 'opus,ulaw,alaw',
      webrtc: 'yes',
      dtls_auto_generate_cert: 'yes',
      // A re-INVITE with a new name, or one that refreshes a timer, meets those of the browser, and ends its hold.
      send_rpid: 'no',
      send_connected_line: 'no',
      timers: 'no',
      // A transfer by REFER would dial without the dial policy.
      allow_transfer: 'no',
      // A page that crashes sends no BYE. A muted one still sends, and a hold has a limit of its own, which is none.
      rtp_timeout: '30',
      ...mediaFields(mediaAddress),
    },
  })
}

/** In the order of their creation. */
function buildObjects(
  id: string,
  ownershipTag: string,
  { auth, aor, endpoint }: Record<PjsipObjectType, PjsipFields>,
): PjsipObject[] {
  const owner = { [OWNERSHIP_OPTION]: ownershipTag }
  return [
    { type: 'auth', id, fields: { ...owner, ...auth } },
    { type: 'aor', id, fields: { ...owner, remove_existing: 'yes', ...aor } },
    {
      type: 'endpoint',
      id,
      fields: {
        ...owner,
        auth: id,
        aors: id,
        disallow: 'all',
        // For phones behind NAT.
        direct_media: 'no',
        rtp_symmetric: 'yes',
        force_rport: 'yes',
        rewrite_contact: 'yes',
        ...endpoint,
      },
    },
  ]
}

const mediaFields = (address: string | undefined): PjsipFields =>
  address === undefined ? {} : { media_address: address, bind_rtp_to_media_address: 'yes' }

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
