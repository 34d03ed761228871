/** The dialog-like state that all requests of one check share. */
export interface QueryIdentity {
  /** User part of the address of record. */
  username: string
  /** Host part, and the request URI. */
  domain: string
  callId: string
  fromTag: string
}

export interface QueryHop {
  /** Protocol and sent-by of `Via`. */
  sentBy: string
  branch: string
  /** Rises with each request. */
  sequence: number
  /** Lines `Authorization: …` and `Proxy-Authorization: …`. */
  credentials: readonly string[]
}

export const QUERY_METHOD = 'REGISTER'

export const toRequestUri = ({ domain }: Pick<QueryIdentity, 'domain'>) => `sip:${domain}`

/**
 * A REGISTER without `Contact`: it asks for the bindings of an address and changes none of them (RFC 3261 §10.2.3).
 * It has no `Expires` either.
 */
export function formatBindingsQuery(identity: QueryIdentity, hop: QueryHop): Buffer {
  const { username, domain, callId, fromTag } = identity
  const lines = [
    `${QUERY_METHOD} ${toRequestUri(identity)} SIP/2.0`,
    `Via: ${hop.sentBy};rport;branch=${hop.branch}`,
    'Max-Forwards: 70',
    `From: <sip:${username}@${domain}>;tag=${fromTag}`,
    `To: <sip:${username}@${domain}>`,
    `Call-ID: ${callId}`,
    `CSeq: ${hop.sequence} ${QUERY_METHOD}`,
    ...hop.credentials,
    'User-Agent: Hookswitch',
    'Content-Length: 0',
  ]
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
}
