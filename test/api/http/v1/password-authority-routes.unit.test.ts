import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createPhoneSecretHashStore } from '../../../../api/store/sql/auth/phone-secret-hashes.ts'
import { type AdminSurface, createAdminSurface } from './admin-fixture.ts'

let surface: AdminSurface
beforeEach(async () => {
  surface = await createAdminSurface()
})
afterEach(() => surface.close())
const put = (userId: string, json: object) => surface.ask('PUT', `/users/${userId}/password-authority`, json)
const anna = async () => surface.users.find('3')

describe('PUT /users/{userId}/password-authority', () => {
  test('moves the password to the phone, deletes the stored one, and ends the sessions', async () => {
    const before = await anna()
    expect(await put('3', { authority: 'phone' })).toMatchObject({ status: 204, body: undefined })
    expect(await anna()).toMatchObject({
      passwordAuthority: 'phone',
      passwordHash: '',
      generation: (before?.generation ?? 0) + 1,
    })
    expect(surface.ended).toEqual(['3 password by 1'])
    expect((await surface.ask('GET', '/users/3')).body.password_authority).toBe('phone')
    const [event] = (await surface.ask('GET', '/security-log')).body.events
    expect(event).toMatchObject({
      event: 'user_updated',
      detail: { changes: 'password_authority=phone' },
    })
  })

  test('for the phone a second time changes nothing', async () => {
    await put('3', { authority: 'phone' })
    const after = await anna()
    expect(await put('3', { authority: 'phone' })).toMatchObject({ status: 204 })
    expect(await anna()).toEqual(after)
    expect(surface.ended).toHaveLength(1)
  })

  test('moves it back with a new password alone, and removes what is stored of the phone’s secret', async () => {
    await put('3', { authority: 'phone' })
    const hashes = createPhoneSecretHashStore(surface.db)
    await hashes.save('3', { extension: '1001', hash: '$argon2id$of-the-phone' })
    for (const json of [{ authority: 'local' }, { authority: 'local', password: 'short' }])
      expect(await put('3', json)).toMatchObject({ status: 400, body: { code: 'input_invalid' } })
    expect(await anna()).toMatchObject({ passwordAuthority: 'phone' })
    const json = { authority: 'local', password: 'correct horse battery' }
    expect(await put('3', json)).toMatchObject({ status: 204 })
    expect(await anna()).toMatchObject({ passwordAuthority: 'local', passwordHash: '$argon2id$21' })
    expect(await hashes.find('3')).toBeUndefined()
  })

  test.each([
    ['a user without an extension', '2', { authority: 'phone' }, 409, 'conflict'],
    ['a user who does not exist', '99', { authority: 'phone' }, 404, 'not_found'],
    [
      'a password for the phone',
      '3',
      { authority: 'phone', password: 'correct horse' },
      400,
      'input_invalid',
    ],
    ['another authority', '3', { authority: 'directory' }, 400, 'input_invalid'],
  ])('refuses %s', async (_, userId, json, status, code) => {
    expect(await put(userId, json)).toMatchObject({ status, body: { code } })
    expect(surface.ended).toEqual([])
  })

  test('refuses the phone while sign-in with its secret is off', async () => {
    const off = await createAdminSurface({ hasPhoneSignIn: false })
    try {
      const reply = await off.ask('PUT', '/users/3/password-authority', { authority: 'phone' })
      expect(reply).toMatchObject({
        status: 409,
        body: { detail: expect.stringContaining('HOOKSWITCH_PHONE_SIGN_IN') },
      })
      expect(await off.users.find('3')).toMatchObject({ passwordAuthority: 'local' })
    } finally {
      await off.close()
    }
  })

  test('hashes of secrets are replaced, removed by their value, and deleted with the user', async () => {
    const hashes = createPhoneSecretHashStore(surface.db)
    await hashes.save('3', { extension: '1001', hash: 'a' })
    await hashes.save('3', { extension: '1002', hash: 'b' })
    await hashes.remove('3', 'a')
    expect(await hashes.find('3')).toEqual({ extension: '1002', hash: 'b' })
    await surface.ask('DELETE', '/users/3')
    expect(await hashes.find('3')).toBeUndefined()
  })
})
