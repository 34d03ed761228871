import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Actor } from '../../../../../api/core/actor.ts'
import {
  createDeviceGrants,
  DEVICE_INTERVAL_S,
  type DeviceDecision,
  type DeviceGrants,
  type DeviceRequest,
  toUserCode,
} from '../../../../../api/core/auth/device/device-grants.ts'
import type { Session } from '../../../../../api/core/auth/session-store.ts'
import type { OpenedSession, OpenSessionRequest } from '../../../../../api/core/auth/sessions.ts'
import { grantFor, type SignInGrant } from '../../../../../api/core/auth/sign-in-tickets.ts'
import { Refusal } from '../../../../../api/core/refusal.ts'
import { newSession } from '../../../../support/fixtures/users.ts'
import { sampleUser } from '../../../../support/sample-user.ts'

const actor = { userId: '1', sessionId: 's1', claims: { gen: 4 } } as Actor // no other member is read
const request: OpenSessionRequest = {
  ...{ surface: 'softphone', address: '192.0.2.9', userAgent: '', refreshWith: 'jwt' },
  extraClaims: () => ({}),
}

describe('signing in a device', () => {
  let grants: DeviceGrants
  let session: Session | undefined
  let opened: [SignInGrant, OpenSessionRequest][]
  let loginFails: Refusal | undefined
  let failures: number
  beforeEach(() => {
    const [codes, users] = [new Map<string, DeviceRequest>(), new Map<string, [string, DeviceRequest]>()]
    const decisions = new Map<string, DeviceDecision>()
    ;[session, opened, loginFails, failures] = [newSession({ expiresAt: 9e9 }), [], undefined, 0]
    grants = createDeviceGrants({
      store: {
        async add({ deviceCode, userCode }, one) {
          if (users.has(userCode)) return false
          codes.set(deviceCode, one)
          users.set(userCode, [deviceCode, one])
          return true
        },
        findByUserCode: async (code) => users.get(code)?.[1],
        async decide(code, decision) {
          const found = users.get(code)
          users.delete(code)
          if (found !== undefined) decisions.set(found[0], decision)
          return found !== undefined
        },
        poll: async (code) => codes.get(code),
        async takeDecision(code) {
          const found = decisions.get(code)
          decisions.delete(code)
          return found
        },
        restoreDecision: async (code, decision) => void decisions.set(code, decision),
        remove: async (code) => void codes.delete(code),
      },
      login: {
        async loginGranted(grant, about) {
          if (loginFails !== undefined) throw loginFails
          opened.push([grant, about])
          return { sessionId: 'new' } as OpenedSession // no other member is read
        },
      },
      sessionStore: { find: async () => session },
      users: { find: async () => sampleUser({ generation: 4 }) },
      throttle: { consume: async () => {} },
      attempts: {
        check: async () => {},
        reserve: async () => ({
          async end(outcome) {
            if (outcome === 'failure') failures += 1
            expect(outcome).not.toBe('success')
          },
        }),
      },
      securityLog: { write: () => {} },
      now: Date.now,
    })
  })

  test('gets a session of the person who allowed it, once', async () => {
    const { deviceCode, userCode, interval } = await grants.start('Desk phone', '192.0.2.8')
    expect(userCode).toMatch(/^[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}$/)
    expect(interval).toBe(DEVICE_INTERVAL_S)
    expect(await grants.redeem(deviceCode, request)).toBe('authorization_pending')
    const typed = ` ${userCode.toLowerCase().replace('-', ' ')} `
    expect(await grants.find(typed, actor, '192.0.2.7')).toMatchObject({
      client: 'Desk phone',
      address: '192.0.2.8',
    })
    expect(await grants.redeem(deviceCode, request)).toBe('authorization_pending')
    await grants.decide(typed, true, actor, '192.0.2.7')
    expect(await grants.redeem(deviceCode, request)).toEqual({ sessionId: 'new' })
    expect(opened).toEqual([
      [grantFor(sampleUser({ generation: 4 })), { ...request, userAgent: 'Desk phone' }],
    ])
    expect(await grants.redeem(deviceCode, request)).toBe('expired_token')
  })

  test('an app password lets no device sign in, as the device would have more rights', async () => {
    session = newSession({ expiresAt: 9e9, appPasswordId: '7' })
    const { deviceCode, userCode } = await grants.start('Desk phone', '192.0.2.8')
    const decision = grants.decide(userCode, true, actor, '192.0.2.7')
    await expect(decision).rejects.toMatchObject({ code: 'forbidden' })
    expect(await grants.redeem(deviceCode, request)).toBe('authorization_pending')
  })

  test('gets none after the session in which it was allowed has ended', async () => {
    const { deviceCode, userCode } = await grants.start('Desk phone', '192.0.2.8')
    await grants.decide(userCode, true, actor, '192.0.2.7')
    session = newSession({ expiresAt: 9e9, endedAt: 1 })
    expect(await grants.redeem(deviceCode, request)).toBe('access_denied')
    expect(opened).toEqual([])
  })

  test('two requests of tokens at once get one session', async () => {
    const { deviceCode, userCode } = await grants.start('Desk phone', '192.0.2.8')
    await grants.decide(userCode, true, actor, '192.0.2.7')
    await Promise.all([grants.redeem(deviceCode, request), grants.redeem(deviceCode, request)])
    expect(opened).toHaveLength(1)
  })

  test('a denied device gets no session, and the code cannot be decided again', async () => {
    const { deviceCode, userCode } = await grants.start('Desk phone', '192.0.2.8')
    await grants.decide(userCode, false, actor, '192.0.2.7')
    await expect(grants.decide(userCode, true, actor, '192.0.2.7')).rejects.toMatchObject({
      code: 'not_found',
    })
    expect(await grants.redeem(deviceCode, request)).toBe('access_denied')
    expect(await grants.redeem(deviceCode, request)).toBe('expired_token')
    expect(opened).toEqual([])
  })

  test('counts wrong codes', async () => {
    for (const code of ['BBBB-BBBB', 'short', 'AEIO-UAEI'])
      await expect(grants.find(code, actor, '192.0.2.7')).rejects.toMatchObject({ code: 'not_found' })
    expect(failures).toBe(3)
  })

  test('a session that has ended allows nothing', async () => {
    const { deviceCode, userCode } = await grants.start('Desk phone', '192.0.2.8')
    session = newSession({ expiresAt: 9e9, endedAt: 1 })
    await expect(grants.decide(userCode, true, actor, '192.0.2.7')).rejects.toMatchObject({
      code: 'token_revoked',
    })
    expect(await grants.redeem(deviceCode, request)).toBe('authorization_pending')
  })

  test('the session of the device belongs to the same session of a provider', async () => {
    const provider = { id: 'corp', subject: 'p', sessionId: 'sid' }
    session = newSession({ expiresAt: 9e9, provider })
    const { deviceCode, userCode } = await grants.start('Desk phone', '192.0.2.8')
    await grants.decide(userCode, true, actor, '192.0.2.7')
    await grants.redeem(deviceCode, request)
    expect(opened[0]?.[0]).toMatchObject({ provider, verifiedAt: session.createdAt * 1000 })
  })

  test('a store that is away uses up nothing; a change of the account is a denial', async () => {
    const { deviceCode, userCode } = await grants.start('Desk phone', '192.0.2.8')
    await grants.decide(userCode, true, actor, '192.0.2.7')
    loginFails = new Refusal('unavailable')
    await expect(grants.redeem(deviceCode, request)).rejects.toMatchObject({ code: 'unavailable' })
    loginFails = new Refusal('credentials_wrong')
    expect(await grants.redeem(deviceCode, request)).toBe('access_denied')
    expect(await grants.redeem(deviceCode, request)).toBe('expired_token')
  })
})

test('a user code is read in any case and with any signs between its letters', () => {
  const letters = fc.string({ unit: fc.constantFrom(...'BCDFGHJKLMNPQRSTVWXZ'), minLength: 8, maxLength: 8 })
  fc.assert(
    fc.property(letters, fc.constantFrom('-', ' ', '.', ' – '), (code, sign) => {
      expect(toUserCode(`${code.slice(0, 4)}${sign}${code.slice(4)}`.toLowerCase())).toBe(code)
    }),
  )
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(toUserCode(text) ?? 'BBBBBBBB').toMatch(/^[B-Z]{8}$/)
    }),
  )
})
