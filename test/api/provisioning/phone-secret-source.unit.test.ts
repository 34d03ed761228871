import { describe, expect, it, onTestFinished } from 'vitest'
import { PhoneSecretsError } from '../../../api/core/auth/phone-passwords.ts'
import { createPhoneSecretSource } from '../../../api/provisioning/phone-secret-source.ts'
import { OAUTH_CLIENT, startFakeFreepbx } from '../../support/fake-freepbx.ts'
import { ADMIN_CREDENTIALS, startFakeMikopbx } from '../../support/fake-mikopbx.ts'

const SECRET = 'secret-of-1001'
const TIMEOUT_MS = 500

async function openFreepbx() {
  const pbx = await startFakeFreepbx()
  const phone = { name: 'Alice', email: '', secret: SECRET, isApplied: true }
  pbx.extensions.set('1001', phone)
  const access = { kind: 'freepbx' as const, baseUrl: pbx.url, ...OAUTH_CLIENT }
  return { pbx, phone, access }
}

async function openMikopbx() {
  const pbx = await startFakeMikopbx()
  const phone = { id: '7', number: '1001', name: 'Alice', email: '', secret: SECRET, transport: 'udp' }
  pbx.employees.set('7', phone)
  pbx.queues.add('2000')
  return { pbx, phone, access: { kind: 'mikopbx' as const, baseUrl: pbx.url, ...ADMIN_CREDENTIALS } }
}

describe.each([
  ['FreePBX', openFreepbx],
  ['MikoPBX', openMikopbx],
])('the secrets that %s shows', (_, openPbx) => {
  async function open() {
    const { pbx, phone, access } = await openPbx()
    const source = createPhoneSecretSource(access, Date.now, TIMEOUT_MS)
    onTestFinished(async () => {
      await source.close()
      await pbx.stop()
    })
    return { pbx, phone, source }
  }

  it('are compared with what was typed, as they are at that moment', async () => {
    const { phone, source } = await open()
    expect(await source.matches('1001', SECRET)).toBe(true)
    for (const wrong of [`${SECRET}x`, SECRET.toUpperCase(), 'x'])
      expect(await source.matches('1001', wrong)).toBe(false)
    phone.secret = 'another'
    expect([await source.matches('1001', SECRET), await source.matches('1001', 'another')]).toEqual([
      false,
      true,
    ])
  })

  it('match nothing for a number without a phone, or a phone without a secret', async () => {
    const { phone, source } = await open()
    for (const extension of ['1002', '2000']) expect(await source.matches(extension, SECRET)).toBe(false)
    phone.secret = ''
    for (const secret of [SECRET, 'null', 'undefined'])
      expect(await source.matches('1001', secret)).toBe(false)
  })

  it('decide nothing while the PBX is away, and no error shows a secret', async () => {
    const { pbx, source } = await open()
    await source.matches('1001', SECRET)
    await pbx.stop()
    const err = await source.matches('1001', SECRET).catch((thrown: unknown) => thrown)
    expect(err).toBeInstanceOf(PhoneSecretsError)
    expect(JSON.stringify(err, Object.getOwnPropertyNames(err))).not.toContain(SECRET)
  })
})

it('decide nothing while the PBX refuses our own access', async () => {
  const { pbx, access } = await openFreepbx()
  pbx.rejectsClient = true
  const source = createPhoneSecretSource(access, Date.now, TIMEOUT_MS)
  onTestFinished(async () => {
    await source.close()
    await pbx.stop()
  })
  await expect(source.matches('1001', SECRET)).rejects.toThrow(PhoneSecretsError)
})
