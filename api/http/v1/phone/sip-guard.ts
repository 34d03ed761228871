import { digestUsername, parseNameAddr, parseSipUri } from './sip-address.ts'
import type { SipMessage, SipRequest, SipResponse } from './sip-message.ts'

/**
 * What to do with a message of a client: `pass` it to the PBX, `refuse` the request with a SIP response, `ignore` it, or
 * `close` the socket. Reasons hold no text of the client.
 */
export type SipVerdict =
  | { action: 'pass' }
  | { action: 'ignore' }
  | { action: 'refuse'; reason: string }
  | { action: 'close'; reason: string }

export interface SipGuardNeeds {
  /** The one SIP user that the browser may act for. */
  endpoint: string
  /** Whether a SIP user is that of any person’s phone. */
  isPhone(user: string): boolean
}

export interface SipGuard {
  check(message: SipMessage): SipVerdict
}

/** The tags of `To` in responses of the relay itself begin so. */
export const RELAY_TAG = 'relay-'

/** Requests outside a dialog. */
const STANDALONE = ['REGISTER', 'OPTIONS']
const WITHIN_DIALOG = ['ACK', 'BYE', 'CANCEL', 'INFO', 'INVITE', 'PRACK', 'UPDATE']

/** They name a caller, a way, or a call to replace: the PBX may believe them, and no browser needs them. */
const FORBIDDEN_HEADERS = [
  'diversion',
  'history-info',
  'identity',
  'identity-info',
  'join',
  'p-asserted-identity',
  'p-called-party-id',
  'p-preferred-identity',
  'path',
  'refer-to',
  'referred-by',
  'remote-party-id',
  'replaces',
  'target-dialog',
]
/** In a response, `Record-Route` is copied from the PBX's request. */
const FORBIDDEN_IN_REQUESTS = ['record-route', 'route']
const OWN_HEADERS = 'x-hookswitch'

/**
 * Checks the messages of one socket: they may act for one endpoint only, and start no call. The PBX checks them again;
 * this guard makes sure that a stolen SIP password is of no use beside its own session.
 */
export function createSipGuard({ endpoint, isPhone }: SipGuardNeeds): SipGuard {
  /**
   * The user of the `Contact` that this client has registered. The PBX addresses its INVITEs so, with a host of its own
   * choice, and the client's requests in that dialog repeat it.
   */
  let contactUser: string | undefined

  function checkRequest(request: SipRequest): SipVerdict {
    const reason = whyRefused(request)
    // No response may be sent to an ACK (RFC 3261 §17.1.1.3).
    if (request.method === 'ACK') {
      const isForRelay = parseNameAddr(request.to)?.params.get('tag')?.startsWith(RELAY_TAG) === true
      return { action: reason !== undefined || isForRelay ? 'ignore' : 'pass' }
    }
    if (reason !== undefined) return { action: 'refuse', reason }
    if (request.method === 'REGISTER') contactUser = userOf(contactUri(request)) ?? contactUser
    return { action: 'pass' }
  }

  function whyRefused(request: SipRequest): string | undefined {
    const { method, headers } = request
    const [from, to] = [parseNameAddr(request.from), parseNameAddr(request.to)]
    if (from === undefined || to === undefined) return 'From and To must be addresses in angle brackets'
    const toTag = to.params.get('tag')
    if (to.params.has('tag') && !isTag(toTag)) return 'the tag of To is malformed'
    const isInDialog = toTag !== undefined

    const user = userOf(from.uri)
    if (user !== endpoint && !(isInDialog && user !== undefined && user === contactUser))
      return `From must be ${endpoint}`
    if (method === 'INVITE' && !isInDialog) return 'calls are placed by the API'
    if (!STANDALONE.includes(method) && !WITHIN_DIALOG.includes(method))
      return 'this method is not for browsers'
    if (!STANDALONE.includes(method) && !isInDialog) return 'this method needs a dialog'
    if (method === 'REGISTER' && userOf(to.uri) !== endpoint) return `To must be ${endpoint}`
    for (const name of ['authorization', 'proxy-authorization']) {
      const [credentials] = headers.get(name) ?? []
      if (credentials !== undefined && digestUsername(credentials) !== endpoint)
        return `the credentials must be those of ${endpoint}`
    }
    if (FORBIDDEN_IN_REQUESTS.some((name) => headers.has(name))) return 'a header is not for browsers'
    return whyHeadersRefused(request) ?? whyContactRefused(request)
  }

  /** There is no way to refuse a response, and no browser sends such ones. */
  function checkResponse(response: SipResponse): SipVerdict {
    // A redirection would make the PBX dial.
    const isRedirection = response.status >= 300 && response.status < 400
    const reason = isRedirection
      ? 'a redirection is not for browsers'
      : (whyHeadersRefused(response) ?? whyContactRefused(response))
    return reason === undefined ? { action: 'pass' } : { action: 'close', reason }
  }

  /** Else a request within a dialog could name another phone in `From`. */
  function whyContactRefused(message: SipMessage): string | undefined {
    const user = userOf(contactUri(message))
    if (user === undefined || user === endpoint || !isPhone(user)) return undefined
    return 'Contact must not name another phone'
  }

  return {
    check: (message) => (message.kind === 'request' ? checkRequest(message) : checkResponse(message)),
  }
}

function whyHeadersRefused(message: SipMessage): string | undefined {
  for (const name of message.headers.keys()) {
    if (FORBIDDEN_HEADERS.includes(name) || name.startsWith(OWN_HEADERS))
      return 'a header is not for browsers'
  }
  const [contact] = message.headers.get('contact') ?? []
  if (contact === undefined || isBrowserContact(contact)) return undefined
  const isUnregister = message.kind === 'request' && message.method === 'REGISTER' && contact === '*'
  return isUnregister ? undefined : 'Contact must be that of a browser'
}

/**
 * The PBX sends calls to the address of `Contact`. A browser has none, and uses a name that does not exist (RFC 7118 §5.2),
 * or one of TEST-NET-1, with a transport that leads back to this socket.
 */
function isBrowserContact(value: string): boolean {
  const uri = parseSipUri(parseNameAddr(value)?.uri ?? '')
  if (uri === undefined || !/^(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*\.invalid|192\.0\.2\.\d{1,3})$/.test(uri.host))
    return false
  const params = uri.params.toLowerCase().split(';').slice(1)
  const transports = params.filter((one) => one.split('=')[0] === 'transport')
  const others = params.some((one) => /^(?:maddr|method|user)(?:=|$)/.test(one))
  return !others && transports.length === 1 && /^transport=wss?$/.test(transports[0] ?? '')
}

const contactUri = ({ headers }: SipMessage): string =>
  parseNameAddr(headers.get('contact')?.[0] ?? '')?.uri ?? ''

const userOf = (uri: string): string | undefined => parseSipUri(uri)?.user

/** An empty or quoted tag is none to some parsers. */
const isTag = (tag: string | undefined): tag is string => tag !== undefined && /^[^"]+$/.test(tag)
