import { z } from 'zod'
import { DAY_S } from '../../runtime/time.ts'

/** Every answer of MikoPBX REST v3; `messages` is `{}` or `[]` when there are none. */
export const Envelope = z.object({
  result: z.boolean(),
  data: z.unknown().optional(),
  messages: z.unknown().optional(),
})
export type Envelope = z.output<typeof Envelope>

/** What a login and a refresh give. A token with blanks or newlines in it could not be sent as a header. */
export const TokenData = z.object({
  accessToken: z.string().regex(/^[\x21-\x7e]{1,16384}$/),
  expiresIn: z.coerce
    .number()
    .positive()
    .max(400 * DAY_S)
    .optional()
    .catch(undefined),
})

export function parseEnvelope(text: string): Envelope | undefined {
  try {
    return Envelope.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

const ErrorMessages = z.union([z.string().transform((one) => [one]), z.array(z.string())])
const Messages = z.union([z.object({ error: ErrorMessages }).transform(({ error }) => error), ErrorMessages])

/** The server's own words for a refusal, shortened; empty where it has none. */
export function errorsIn(envelope: Envelope | undefined): string {
  const words = Messages.safeParse(envelope?.messages).data ?? []
  return words.join('; ').slice(0, 300)
}

const Claims = z.object({ exp: z.number().positive().max(1e11) })

/**
 * When a token ends, in unix seconds: by its own `exp`, by the `expiresIn` it came with, or by the earlier of
 * the two, so that a clock that is off makes us ask too often rather than too late.
 * @returns undefined where neither is known
 */
export function tokenExpiry(
  accessToken: string,
  askedAt: number,
  expiresIn: number | undefined,
): number | undefined {
  const ends = [expClaim(accessToken), expiresIn === undefined ? undefined : askedAt + expiresIn]
  const known = ends.filter((one) => one !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

function expClaim(token: string): number | undefined {
  const [, payload, signature] = token.split('.')
  if (payload === undefined || signature === undefined) return undefined
  try {
    return Claims.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString())).data?.exp
  } catch {
    return undefined
  }
}
