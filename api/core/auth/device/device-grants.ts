import { randomBytes, randomInt } from 'node:crypto'
import { z } from 'zod'
import { toUnixSeconds } from '../../../../runtime/time.ts'
import type { Actor } from '../../actor.ts'
import { Refusal } from '../../refusal.ts'
import type { Login } from '../login.ts'
import type { AttemptTarget, LoginAttempts } from '../login-attempts.ts'
import type { RateLimiter } from '../rate-limiter.ts'
import type { SecurityLog } from '../security-log.ts'
import type { SessionStore } from '../session-store.ts'
import type { OpenedSession, OpenSessionRequest } from '../sessions.ts'
import { grantFor, SignInGrant } from '../sign-in-tickets.ts'
import type { UserStore } from '../users.ts'

/** A device that asks to be signed in. */
export const DeviceRequest = z.object({
  /** What the device calls itself. */
  client: z.string(),
  /** Where the request came from. */
  address: z.string(),
  /** Unix ms. */
  expiresAt: z.number(),
})
export type DeviceRequest = z.infer<typeof DeviceRequest>

/** What a person has decided; null: denied. */
export const DeviceDecision = z.object({
  grant: SignInGrant.nullable(),
  /** The session in which it was decided: the device signs in while that goes on. */
  sessionId: z.string(),
})
export type DeviceDecision = z.infer<typeof DeviceDecision>

/** Codes are stored as hashes. Every method throws `unavailable`. */
export interface DeviceGrantStore {
  /** @param ttl seconds @returns false if the user code is in use */
  add(codes: { deviceCode: string; userCode: string }, request: DeviceRequest, ttl: number): Promise<boolean>
  /** The request of a user code that was not decided yet. */
  findByUserCode(userCode: string): Promise<DeviceRequest | undefined>
  /** Uses up the user code. @returns false if it was used meanwhile, or has expired */
  decide(userCode: string, decision: DeviceDecision): Promise<boolean>
  /** The request of a device code; each early one makes the next interval 5 s longer (RFC 8628 §3.5). */
  poll(deviceCode: string, intervalS: number): Promise<DeviceRequest | 'slow_down' | undefined>
  /** Reads and deletes the decision. */
  takeDecision(deviceCode: string): Promise<DeviceDecision | undefined>
  /** After a session could not be opened, so that the device may ask again. */
  restoreDecision(deviceCode: string, decision: DeviceDecision, ttl: number): Promise<void>
  /** The device code is used up. */
  remove(deviceCode: string): Promise<void>
}

/** Errors of the token request: RFC 8628 §3.5. */
export type DeviceWait = 'authorization_pending' | 'slow_down' | 'expired_token' | 'access_denied'

export interface StartedDevice {
  deviceCode: string
  /** `XXXX-XXXX` */
  userCode: string
  expiresIn: number
  interval: number
}

/** Signs in a device without a browser: a person confirms its code in a session of their own. */
export interface DeviceGrants {
  /** @throws {Refusal} `throttled`, `unavailable` */
  start(client: string, address: string): Promise<StartedDevice>
  /** @throws {Refusal} `not_found` for a code that is unknown, used or too old, `throttled`, `unavailable` */
  find(userCode: string, actor: Actor, address: string): Promise<DeviceRequest>
  /**
   * Allows or denies, once.
   * @throws {Refusal} as `find`, `token_revoked` if the session has ended, `forbidden` in one of an app password
   */
  decide(userCode: string, isAllowed: boolean, actor: Actor, address: string): Promise<void>
  /** @throws {Refusal} `unavailable` */
  redeem(deviceCode: string, request: OpenSessionRequest): Promise<OpenedSession | DeviceWait>
}

export interface DeviceGrantsNeeds {
  store: DeviceGrantStore
  login: Pick<Login, 'loginGranted'>
  sessionStore: Pick<SessionStore, 'find'>
  users: Pick<UserStore, 'find'>
  /** Of requests of devices. */
  throttle: RateLimiter
  /** Of wrong user codes. */
  attempts: LoginAttempts
  securityLog: SecurityLog
  now: () => number
}

export const DEVICE_TTL_S = 600
export const DEVICE_INTERVAL_S = 5
/** Without vowels, so that no word appears, and without what is easily mistaken (RFC 8628 §6.1). */
const ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ'

export function createDeviceGrants(needs: DeviceGrantsNeeds): DeviceGrants {
  const { store, login, sessionStore, users, throttle, attempts, securityLog, now } = needs

  /** Counts codes that do not exist. One that exists excuses no guesses. */
  async function requireRequest(userCode: string, actor: Actor, address: string): Promise<DeviceRequest> {
    const target: AttemptTarget = { id: `device:${actor.userId}`, revision: 0 }
    await attempts.check(target, address)
    const attempt = await attempts.reserve(target, address)
    let isWrong = false
    try {
      const code = toUserCode(userCode)
      const request = code === undefined ? undefined : await store.findByUserCode(code)
      isWrong = request === undefined
      if (request === undefined) throw noSuchCode()
      return request
    } finally {
      await attempt.end(isWrong ? 'failure' : 'void')
    }
  }

  /** The grant of the person's own session: the device’s session ends with the same session of a provider. */
  async function grantOf({ userId, sessionId, claims }: Actor): Promise<SignInGrant> {
    const [session, user] = await Promise.all([sessionStore.find(sessionId), users.find(userId)])
    if (session === undefined || session.endedAt !== null || session.userId !== userId)
      throw new Refusal('token_revoked')
    if (user === undefined || user.generation !== claims.gen) throw new Refusal('token_revoked')
    // The device would have more rights than the app password, and stay when that is revoked.
    if (session.appPasswordId !== null)
      throw new Refusal('forbidden', { detail: 'a session of an app password cannot let a device sign in' })
    const about =
      session.provider === undefined
        ? {}
        : { provider: session.provider, verifiedAt: session.createdAt * 1000 }
    return { ...grantFor(user), ...about }
  }

  async function isOpen(sessionId: string): Promise<boolean> {
    const session = await sessionStore.find(sessionId)
    return session !== undefined && session.endedAt === null && session.expiresAt > toUnixSeconds(now())
  }

  return {
    async start(client, address) {
      await throttle.consume(address)
      const request = { client, address, expiresAt: now() + DEVICE_TTL_S * 1000 }
      for (;;) {
        const deviceCode = randomBytes(32).toString('base64url')
        const userCode = Array.from({ length: 8 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
        if (await store.add({ deviceCode, userCode }, request, DEVICE_TTL_S)) {
          const shown = `${userCode.slice(0, 4)}-${userCode.slice(4)}`
          return { deviceCode, userCode: shown, expiresIn: DEVICE_TTL_S, interval: DEVICE_INTERVAL_S }
        }
      }
    },
    find: requireRequest,
    async decide(userCode, isAllowed, actor, address) {
      const request = await requireRequest(userCode, actor, address)
      const grant = isAllowed ? await grantOf(actor) : null
      const user = await users.find(actor.userId)
      if (user === undefined) throw new Refusal('token_revoked')
      if (!(await store.decide(toUserCode(userCode) ?? '', { grant, sessionId: actor.sessionId })))
        throw noSuchCode()
      if (grant === null) return
      securityLog.write({
        event: 'device_sign_in_allowed',
        userId: user.id,
        target: user.username,
        changes: `client=${request.client} address=${request.address}`,
        actorId: user.id,
        address,
      })
    },
    async redeem(deviceCode, request) {
      const found = await store.poll(deviceCode, DEVICE_INTERVAL_S)
      if (found === undefined) return 'expired_token'
      if (found === 'slow_down') return 'slow_down'
      const decision = await store.takeDecision(deviceCode)
      if (decision === undefined) return 'authorization_pending'
      if (decision.grant === null) {
        await store.remove(deviceCode)
        return 'access_denied'
      }
      try {
        if (!(await isOpen(decision.sessionId))) throw new Refusal('credentials_wrong')
        const opened = await login.loginGranted(decision.grant, { ...request, userAgent: found.client })
        // Without its decision the code is of no use; if this fails, it only expires later.
        await store.remove(deviceCode).catch(() => {})
        return opened
      } catch (err) {
        if (!(err instanceof Refusal && err.code === 'credentials_wrong')) {
          const ttl = Math.ceil((found.expiresAt - now()) / 1000)
          await store.restoreDecision(deviceCode, decision, Math.max(ttl, 1))
          throw err
        }
        await store.remove(deviceCode)
        return 'access_denied'
      }
    },
  }
}

/** A code as a person types it: in any case, with any signs between the letters. @returns undefined for no code */
export function toUserCode(text: string): string | undefined {
  const code = text
    .slice(0, 64)
    .toUpperCase()
    .replace(/[\s\p{P}]/gu, '')
  return new RegExp(`^[${ALPHABET}]{8}$`).test(code) ? code : undefined
}

const noSuchCode = () => new Refusal('not_found', { detail: 'no device asks with this code' })
