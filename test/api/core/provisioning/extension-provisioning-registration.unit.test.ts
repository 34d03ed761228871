import { describe, expect, test } from 'vitest'
import { type ExtensionSpec, ProvisioningError } from '../../../../api/core/provisioning/provisioner.ts'
import { createFakePbx } from '../../../support/provisioning-fixture.ts'
import { createWorldOpener, tickAfter } from './fixtures/provisioning-worlds.ts'

const open = createWorldOpener()

describe('registering', () => {
  test('creates an extension and stores the secret of the PBX sealed', async () => {
    const { register, extensions, credentials, db } = await open()
    const { user, extension, isReady } = await register()
    expect([extension, isReady]).toEqual(['2000', true])
    const kept = await extensions.find('2000')
    expect(kept).toMatchObject({ state: 'ready', userId: user.id, authUsername: '2000-1', lastError: null })
    const { password } = await credentials.read({ userId: user.id })
    expect(password).toMatch(/^pbx\w{20}$/)
    const everything = JSON.stringify(await db.query.selectFrom('extensions').selectAll().execute())
    expect(everything).not.toContain(password)
    expect(everything).not.toContain(password.slice('pbx'.length))
  })

  test('skips numbers that exist on the PBX already', async () => {
    const { pbx, register, extensions, users } = await open()
    for (const number of ['2000', '2001']) pbx.extensions.set(number, { mark: 'other', secret: 'theirs' })
    expect(await register()).toMatchObject({ extension: '2002', isReady: true })
    expect(await users.findByLogin('2000')).toBeUndefined()
    expect(await users.findByLogin('2002')).toMatchObject({ email: 'anna@example.org' })
    expect((await extensions.listUnfinished()).map(({ extension, state }) => [extension, state])).toEqual([
      ['2000', 'external'],
      ['2001', 'external'],
    ])
    expect(pbx.extensions.get('2000')?.secret).toBe('theirs')
  })

  test('reports an unreachable PBX once for all attempts, and its recovery', async () => {
    const world = await open()
    for (let tries = 0; tries < 4; tries++) world.pbx.faults.push({ code: 'unreachable' })
    await world.register()
    for (const seconds of [6, 11, 31]) await tickAfter(world, seconds)
    expect(world.troubles).toEqual([expect.stringContaining('fails')])
    await tickAfter(world, 61)
    expect(world.troubles.slice(1)).toEqual(['works'])
  })

  test('does not show the number in the account before the PBX has created it', async () => {
    const { pbx, register, users } = await open()
    pbx.faults.push({ code: 'unreachable' })
    const { user } = await register()
    expect(await users.find(user.id)).toMatchObject({ extension: null })
  })

  test('is rolled back if the PBX refuses: the number is quarantined and the invitation usable again', async () => {
    const world = await open({ mode: 'invitation' })
    const { pbx, register, users, extensions, invitations } = world
    const { invitation } = await invitations.invite({ email: null, days: 1, createdBy: null })
    pbx.faults.push({ code: 'refused' })
    await expect(register('anna@example.org', { invitation })).rejects.toMatchObject({ code: 'unavailable' })
    expect(await users.count()).toBe(0)
    await tickAfter(world, 5)
    expect(await extensions.find('2000')).toMatchObject({ state: 'quarantined', userId: null })
    expect(await register('anna@example.org', { invitation })).toMatchObject({ extension: '2001' })
  })

  test('creates the extension without the mail address if the PBX rejects only that', async () => {
    const pbx = createFakePbx()
    const given: (string | undefined)[] = []
    const provisioner = {
      ...pbx.provisioner,
      async provision(order: ExtensionSpec) {
        given.push(order.email)
        if (order.email !== undefined) throw new ProvisioningError('refused', 'FreePBX says: Invalid email')
        return pbx.provisioner.provision(order)
      },
    }
    const { register } = await open({ pbx: { ...pbx, provisioner } })
    expect(await register("o'hara@example.org")).toMatchObject({ extension: '2000', isReady: true })
    expect(given).toEqual(["o'hara@example.org", undefined])
  })

  test.each(['unreachable', 'unauthorized', 'unconfirmed'] as const)(
    'stays pending while the PBX is %s, and a later run creates it',
    async (code) => {
      const world = await open()
      world.pbx.faults.push({ code })
      const { user, isReady } = await world.register()
      expect(isReady).toBe(false)
      await expect(world.credentials.read({ userId: user.id })).rejects.toMatchObject({
        code: 'unavailable',
        retryAfter: expect.any(Number),
      })
      expect((await world.extensions.listUnfinished())[0]).toMatchObject({
        attempts: 1,
        lastError: `it is ${code}`,
      })
      await tickAfter(world, 4)
      expect(world.pbx.asked).toEqual(['provide 2000'])
      await tickAfter(world, 1)
      expect(await world.credentials.read({ userId: user.id })).toMatchObject({ username: '2000' })
      expect(await world.extensions.listUnfinished()).toEqual([])
    },
  )

  test('answers after its timeout, while provisioning continues', async () => {
    const pbx = createFakePbx()
    let answer = () => {}
    const provisioner = {
      ...pbx.provisioner,
      provision: async (order: Parameters<typeof pbx.provisioner.provision>[0]) => {
        await new Promise<void>((resolve) => (answer = resolve))
        return pbx.provisioner.provision(order)
      },
    }
    const world = await open({ pbx: { ...pbx, provisioner }, timeoutMs: 20 })
    const { user, isReady } = await world.register()
    expect(isReady).toBe(false)
    // No other attempt starts meanwhile.
    await tickAfter(world, 60)
    answer()
    await expect.poll(async () => (await world.extensions.findByUser(user.id))?.state).toBe('ready')
    expect(pbx.asked).toEqual(['provide 2000'])
  })

  test('reports to operators if the PBX has all numbers of the range already', async () => {
    const { pbx, register, extensions } = await open()
    for (let n = 2_000; n < 2_010; n += 1) pbx.extensions.set(String(n), { mark: 'other', secret: 's' })
    expect(await register()).toMatchObject({ isReady: false })
    const waiting = (await extensions.listUnfinished()).filter(({ state }) => state === 'provisioning')
    expect(waiting).toMatchObject([{ lastError: 'no extension is free' }])
  })
})
