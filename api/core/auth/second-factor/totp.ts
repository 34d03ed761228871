import { HOTP, Secret, TOTP } from 'otpauth'

/** What every authenticator app supports (RFC 6238 §5.2). */
const [ALGORITHM, DIGITS, PERIOD_S] = ['SHA1', 6, 30] as const
/** Accepted time steps before and after the current one, for clocks that differ and for slow typing. */
const WINDOW = 1
/** Of a secret: the length of the hash, RFC 4226 §4 R6. */
const SECRET_BYTES = 20
const ISSUER = 'Hookswitch'

/** @returns a random secret in base32 */
export const newTotpSecret = (): string => new Secret({ size: SECRET_BYTES }).base32

/** @returns the `otpauth:` URI that authenticator apps read from a QR code */
export const totpUri = (secret: string, username: string): string =>
  new TOTP({
    issuer: ISSUER,
    label: username,
    secret: Secret.fromBase32(secret),
    algorithm: ALGORITHM,
    digits: DIGITS,
    period: PERIOD_S,
  }).toString()

/**
 * The time step to which a code belongs, among the current one and its neighbours.
 * @param secret base32
 * @returns steps of 30 s since 1970; undefined for a wrong code
 */
export function findTimeStep(secret: string, code: string, nowMs: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined
  const current = Math.floor(nowMs / 1000 / PERIOD_S)
  const delta = HOTP.validate({
    token: code,
    secret: Secret.fromBase32(secret),
    algorithm: ALGORITHM,
    digits: DIGITS,
    counter: current,
    window: WINDOW,
  })
  return delta === null ? undefined : current + delta
}
