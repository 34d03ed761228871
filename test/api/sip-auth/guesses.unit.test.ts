import { describe, expect, it, onTestFinished } from 'vitest'
import { createLoginAttempts } from '../../../api/core/auth/login-attempts.ts'
import { attemptTargetOf, createPasswordCheck } from '../../../api/core/auth/password-check.ts'
import { createPhonePasswords } from '../../../api/core/auth/phone-passwords.ts'
import { Refusal } from '../../../api/core/refusal.ts'
import { createRegisterVerifier } from '../../../api/sip-auth/register-verifier.ts'
import { createMemoryCounters } from '../../../api/store/redis/memory-attempt-counters.ts'
import { startFakeRegistrar } from '../../support/fake-registrar.ts'
import { sampleUser } from '../../support/sample-user.ts'

const LIMIT = 10

async function open() {
  const registrar = await startFakeRegistrar()
  onTestFinished(registrar.stop)
  const passwords = { verify: async () => false }
  const check = createPasswordCheck({
    passwords,
    attempts: createLoginAttempts(
      {
        countersFor: (_, limit) => createMemoryCounters(limit),
        knownNetworks: { has: async () => false, add: async () => {} },
      },
      { surface: 'test', perAddress: { max: 50, window: 900 }, perAccount: { max: LIMIT, window: 900 } },
    ),
    remoteAuthorities: {
      phone: createPhonePasswords({
        passwords,
        secrets: createRegisterVerifier({
          server: { host: '127.0.0.1', port: registrar.port, transport: 'udp' },
          domain: 'pbx.example',
          usernameOf: (extension) => extension,
        }),
      }),
    },
  })
  const guess = (user: ReturnType<typeof sampleUser>, secret: string, address: string) =>
    check(attemptTargetOf(user), user, secret, address).then(
      (proof) => proof ?? 'wrong',
      (err) => (err instanceof Refusal ? err.code : String(err)),
    )
  return { registrar, guess }
}

const user = sampleUser({ extension: '1001', passwordAuthority: 'phone', passwordHash: '' })

describe('1000 wrong guesses', () => {
  it('at once from one address send the PBX no more than the limit of an account', async () => {
    const { registrar, guess } = await open()
    const outcomes = await Promise.all(
      Array.from({ length: 1_000 }, (_, n) => guess(user, `guess-${n}`, '192.0.2.1')),
    )
    expect(outcomes.filter((outcome) => outcome === 'wrong')).toHaveLength(LIMIT)
    expect(new Set(outcomes)).toEqual(new Set(['wrong', 'throttled']))
    expect(registrar.guesses()).toHaveLength(LIMIT)
    expect(registrar.received).toHaveLength(2 * LIMIT)
    // Not even the right one.
    expect(await guess(user, 'right', '192.0.2.1')).toBe('throttled')
  })

  it('from as many addresses send ten times the limit at most', async () => {
    const { registrar, guess } = await open()
    for (let n = 0; n < 1_000; n += 1) await guess(user, `guess-${n}`, `198.51.${n >> 8}.${n & 255}`)
    expect(registrar.guesses()).toHaveLength(10 * LIMIT)
  })

  it('of a disabled account send nothing', async () => {
    const { registrar, guess } = await open()
    const disabled = { ...user, disabled: true }
    for (let n = 0; n < 20; n += 1) await guess(disabled, 'right', '192.0.2.1')
    expect(registrar.received).toEqual([])
  })
})

it('failures of the PBX count against no account', async () => {
  const { registrar, guess } = await open()
  const { answer } = registrar
  registrar.answer = ({ text }, reply) => reply(text.replace(/^REGISTER .*$/m, 'SIP/2.0 503 Away'))
  for (let n = 0; n < 2 * LIMIT; n += 1) expect(await guess(user, 'right', '192.0.2.1')).toBe('unavailable')
  registrar.answer = answer
  expect(await guess(user, 'right', '192.0.2.1')).toBe('password')
})
