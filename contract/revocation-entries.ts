import { z } from 'zod'
import type { Revocation } from './revocation-cache.ts'

/** One hash tag, so that a Redis Cluster keeps them together. */
export const REVOCATION_LOG_KEY = '{hookswitch:revocation}:log'
/** Renewals of streams, apart from the log: nothing is lost where the oldest of them are dropped. */
export const STREAM_RENEWALS_KEY = '{hookswitch:revocation}:renewals'
export const REVOCATION_EPOCH_KEY = '{hookswitch:revocation}:epoch'
export const REVOCATION_PROBE_KEY = '{hookswitch:revocation}:probe'

/**
 * Names one unbroken life of the log. Only the API creates one, and only over a log that holds every
 * live revocation. Tokens issued before `cutoff` (unix seconds) are dead in this epoch.
 */
export const Epoch = z.object({ id: z.string().min(1), cutoff: z.number().int().min(0) })
export type Epoch = z.infer<typeof Epoch>

/** A log entry as XADD wants it. */
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
 * The open streams of a session may go on until `until`, the `exp` of a newer token. It revokes nothing, and a
 * sidecar that starts has no open stream: it needs none of the older ones.
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

/** An entry of the log or of the renewals. 0.1 wrote its renewals into the log: those there are still read. */
export const RevocationLogEntry = z.object({
  kind: z.enum(['sid', 'jti', 'user', 'renew']),
  key: z.string().min(1),
  generation: z.coerce.number().int(),
  until: z.coerce.number(),
})
