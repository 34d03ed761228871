import { randomBytes, timingSafeEqual } from 'node:crypto'
import { sha256 } from '../runtime/hash.ts'
import { AUDIENCE, type Claims, ISSUER } from './claims.ts'

/** What a program may do with a service token. Each scope grants what its name describes, and nothing else. */
export const SCOPES = [
  'calls:dial',
  'calls:read',
  'history:read',
  'recordings:read',
  'presence:read',
  'presence:publish',
  'users:read',
  'users:write',
  'metrics:read',
] as const
export type Scope = (typeof SCOPES)[number]
export const isScope = (text: string): text is Scope => SCOPES.some((scope) => scope === text)

/** What both processes know of a service token. Times are unix seconds. */
export interface ServiceToken {
  /** 16 hex digits: a part of the token's text, and no secret. */
  id: string
  name: string
  /** Of the whole text: see `sha256`. */
  hash: string
  scopes: readonly Scope[]
  /** Networks in CIDR notation from which it may be used; empty: all. */
  networks: readonly string[]
  createdAt: number
  expiresAt: number
}

const SERVICE_PREFIX = 'hs_'
/** The id, 160 random bits, and a checksum of both, so that typing errors and secret scanners need no database. */
const FORMAT = /^hs_([0-9a-f]{16})_[0-9a-f]{40}[0-9a-f]{8}$/
const CHECKSUM_LENGTH = 8

/** Whether a credential claims to be a service token; an access token never begins so, as `_` is no part of `eyJ`. */
export const isServiceTokenText = (text: string): boolean => text.startsWith(SERVICE_PREFIX)

/** @returns a new token; only its hash may be stored */
export function generateServiceToken(): { id: string; text: string } {
  const id = randomBytes(8).toString('hex')
  const body = `${SERVICE_PREFIX}${id}_${randomBytes(20).toString('hex')}`
  return { id, text: `${body}${checksumOf(body)}` }
}

/** @returns the id of a well-formed text; undefined for any other */
export function serviceTokenIdOf(text: string): string | undefined {
  const id = FORMAT.exec(text)?.[1]
  if (id === undefined) return undefined
  return text.endsWith(checksumOf(text.slice(0, -CHECKSUM_LENGTH))) ? id : undefined
}

const checksumOf = (body: string) =>
  Buffer.from(sha256(body), 'base64url').toString('hex').slice(0, CHECKSUM_LENGTH)

/** Compares in constant time. */
export function hasServiceTokenHash(text: string, hash: string): boolean {
  const [actual, expected] = [Buffer.from(sha256(text)), Buffer.from(hash)]
  return actual.length === expected.length && timingSafeEqual(actual, expected)
}

const SUBJECT_PREFIX = 'service:'

/** Stands for the token where users and sessions are named: revocations, streams and logs. No user's id has a colon. */
export const serviceSubject = (id: string): string => `${SUBJECT_PREFIX}${id}`

/** @returns the id of the token; undefined for the id of a user or of a session */
export const serviceIdOfSubject = (subject: string): string | undefined =>
  /^service:([0-9a-f]{16})$/.exec(subject)?.[1]

/**
 * The claims by which a service token is revoked, expires and holds streams. The role is the lowest: what a service
 * may do is decided by its scopes.
 */
export function serviceClaims({ id, createdAt, expiresAt }: ServiceToken): Claims {
  const subject = serviceSubject(id)
  return {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: subject,
    sid: subject,
    jti: subject,
    iat: createdAt,
    exp: expiresAt,
    sxp: expiresAt,
    gen: 0,
    role: 'user',
  }
}
