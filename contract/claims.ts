import { z } from 'zod'

/**
 * What a user may access: `user` their own files and calls, `admin` those of all users, `supervisor` those of all users
 * or of their team (see `reach`).
 */
export const Role = z.enum(['user', 'supervisor', 'admin'])
export type Role = z.infer<typeof Role>

/** Names of roles in the tokens of a surface: the call center calls a `user` agent, MikoPBX calls an `admin` admins. */
export const AGENT_ROLE_NAME = 'agent'
export const ADMINS_ROLE_NAME = 'admins'
const ROLES_BY_NAME = {
  user: 'user',
  supervisor: 'supervisor',
  admin: 'admin',
  [AGENT_ROLE_NAME]: 'user',
  [ADMINS_ROLE_NAME]: 'admin',
} as const satisfies Record<string, Role>
export type RoleName = keyof typeof ROLES_BY_NAME
const RoleClaim = z
  .enum(Object.keys(ROLES_BY_NAME) as [RoleName, ...RoleName[]]) // the keys are the names
  .transform((name): Role => ROLES_BY_NAME[name])

/** Whether `name` is a name of this role. */
export const isRoleName = (role: Role, name: unknown): name is RoleName =>
  typeof name === 'string' && Object.hasOwn(ROLES_BY_NAME, name) && ROLES_BY_NAME[name as RoleName] === role

/** The `iss` and `aud` of every token; a token with other values was issued by another system. */
export const ISSUER = 'hookswitch'
export const AUDIENCE = 'hookswitch'

/**
 * The header's `typ` limits the use of a token (RFC 8725 §3.11): `access` authorizes requests (RFC 9068), `refresh` a
 * new access token, `media-link` one file.
 */
export const TYP = { access: 'at+jwt', refresh: 'rt+jwt', 'media-link': 'ml+jwt' } as const
export type TokenKind = keyof typeof TYP

/** The end of the year 9999: a later time is an error of its issuer. */
const MAX_TIME_S = 253_402_300_799

/** Printable ASCII: no control character and no lone surrogate, which two programs could decode differently. */
const Id = z.string().regex(/^[\x21-\x7e]{1,128}$/)
const Seconds = z.number().int().min(0).max(MAX_TIME_S)

/**
 * The core claims, the only ones that a verdict reads. Extra claims, which the document of a surface promises, are
 * ignored here. Times are unix seconds.
 */
export const Claims = z.object({
  iss: z.literal(ISSUER),
  aud: z.union([z.literal(AUDIENCE), z.array(z.string()).refine((all) => all.includes(AUDIENCE))]),
  /** The user's id. */
  sub: Id,
  /** The session: one login. */
  sid: Id,
  jti: Id,
  iat: Seconds,
  nbf: Seconds.optional(),
  exp: Seconds,
  /** The user's generation at the time of issue: see `Revocation`. */
  gen: z.number().int().min(0),
  role: RoleClaim,
  /** The user's own SIP extension; absent for users without a phone. */
  extension: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/)
    .optional(),
  /** A supervisor who is limited to their team: only the API, which knows the team, grants more than a user has. */
  reach: z.literal('team').optional(),
  /** When the session ends, however often its tokens are renewed. */
  sxp: Seconds.optional(),
  /** Of a `media-link` only: the one file that it authorizes, as `<extension>/<file>`. */
  path: z.string().max(1024).optional(),
})
export type Claims = z.infer<typeof Claims>
