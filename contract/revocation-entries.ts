import { z } from 'zod'
import { isNetwork } from './networks.ts'
import { isScope, type ServiceToken } from './service-token.ts'

/** One revocation. It stays in force until every token that it concerns has expired. */
export interface Revocation {
  /** `sid` ends a session, `jti` one token, `user` every token of a user below `generation`. */
  kind: 'sid' | 'jti' | 'user'
  key: string
  /** For `user` only; 0 otherwise. A counter, as seconds cannot distinguish two logins of one second. */
  generation: number
  /** Unix seconds after which it may be deleted. */
  until: number
}

/** All keys have one hash tag, so that a Redis Cluster stores them on one node. */
export const REVOCATION_LOG_KEY = '{hookswitch:revocation}:log'
/** Renewals of streams are not in the log, so that Redis may trim the oldest of them. */
export const STREAM_RENEWALS_KEY = '{hookswitch:revocation}:renewals'
export const REVOCATION_EPOCH_KEY = '{hookswitch:revocation}:epoch'
export const REVOCATION_PROBE_KEY = '{hookswitch:revocation}:probe'

/**
 * The identity of a log that has lost no entry. Only the API creates an epoch, and only when the log holds every
 * revocation in force. Tokens issued before `cutoff` (unix seconds) are revoked in this epoch.
 */
export const Epoch = z.object({ id: z.string().min(1), cutoff: z.number().int().min(0) })
export type Epoch = z.infer<typeof Epoch>

/** A log entry in the form of XADD's arguments. */
export const revocationFields = (revocation: Revocation): string[] => [
  'kind',
  revocation.kind,
  'key',
  revocation.key,
  'generation',
  String(revocation.generation),
  'until',
  String(revocation.until),
]

/**
 * The open streams of a session may continue until `until`, the `exp` (unix seconds) of a newer token. A sidecar that
 * starts has no open stream, so it skips older entries.
 */
export interface StreamRenewalEntry {
  sessionId: string
  until: number
}

export const streamRenewalFields = ({ sessionId, until }: StreamRenewalEntry): string[] => [
  'kind',
  'renew',
  'key',
  sessionId,
  'generation',
  '0',
  'until',
  String(until),
]

/** An entry of the log or of the renewals. Version 0.1 wrote renewals to the log: they are still read there. */
export const RevocationLogEntry = z.object({
  kind: z.enum(['sid', 'jti', 'user', 'renew']),
  key: z.string().min(1),
  generation: z.coerce.number().int(),
  until: z.coerce.number(),
})

/**
 * A service token in the form of XADD's arguments. It is in the log with the revocations, so that a process which knows
 * all revocations also knows all service tokens. A version that does not know this kind of entry skips it.
 */
export const serviceTokenFields = ({ id, expiresAt, ...rest }: ServiceToken): string[] => [
  'kind',
  'service',
  'key',
  id,
  'generation',
  '0',
  'until',
  String(expiresAt),
  'token',
  JSON.stringify(rest),
]

const ServiceTokenMember = z.object({
  name: z.string(),
  hash: z.string().length(43),
  // A later version may have more scopes, which this one cannot grant.
  scopes: z.array(z.string()).transform((all) => all.filter(isScope)),
  networks: z.array(z.string().refine(isNetwork)),
  createdAt: z.number().int(),
})

/** Parses the fields that `serviceTokenFields` writes. */
export const ServiceTokenEntry = z
  .object({
    kind: z.literal('service'),
    key: z.string().regex(/^[0-9a-f]{16}$/),
    until: z.coerce.number().int(),
    token: z.preprocess((text) => parseJson(String(text)), ServiceTokenMember),
  })
  .transform(({ key, until, token }): ServiceToken => ({ id: key, expiresAt: until, ...token }))

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
