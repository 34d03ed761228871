import { z } from 'zod'

/**
 * What a user may do: `user` their own files and calls, `admin` everybody's, `supervisor` everybody's or those
 * of their team: see `reach`.
 */
export const Role = z.enum(['user', 'supervisor', 'admin'])
export type Role = z.infer<typeof Role>

/** What documents of surfaces call a role in their tokens: the call centre's a `user`, MikoPBX's an `admin`. */
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

/** Whether a token of this role may name it so. */
export const isRoleName = (role: Role, name: unknown): name is RoleName =>
  typeof name === 'string' && Object.hasOwn(ROLES_BY_NAME, name) && ROLES_BY_NAME[name as RoleName] === role

/** The `iss` and `aud` of every token; a token that says anything else is somebody else's. */
export const ISSUER = 'hookswitch'
export const AUDIENCE = 'hookswitch'

/**
 * The header's `typ` says what a token is good for (RFC 8725 §3.11): `access` for requests (RFC 9068),
 * `refresh` for a new access token, `media-link` for one file.
 */
export const TYP = { access: 'at+jwt', refresh: 'rt+jwt', 'media-link': 'ml+jwt' } as const
export type TokenKind = keyof typeof TYP

/** Year 9999: a later time is nonsense, not patience. */
const MAX_TIME_S = 253_402_300_799

/** Printable ASCII: no control character, no lone surrogate, nothing two programs could read in two ways. */
const Id = z.string().regex(/^[\x21-\x7e]{1,128}$/)
const Seconds = z.number().int().min(0).max(MAX_TIME_S)

/**
 * The core claims, the only ones a verdict reads. What a surface's document promises beyond them is
 * clothing: it passes through here unread. Times are unix seconds.
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
  /** The user's generation at the time of issue: see `revocation.ts`. */
  gen: z.number().int().min(0),
  role: RoleClaim,
  /** The user's own SIP extension; absent for people without a phone. */
  extension: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/)
    .optional(),
  /** Of a supervisor whose team bounds them: only the API, which knows the team, gives them more than their own. */
  reach: z.literal('team').optional(),
  /** When the session is over, however often its tokens are renewed. */
  sxp: Seconds.optional(),
  /** Of a `media-link` only: the one file it opens, as `<extension>/<file>`. */
  path: z.string().max(1024).optional(),
})
export type Claims = z.infer<typeof Claims>
