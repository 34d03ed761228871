import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import {
  type ExtensionSpec,
  ProvisioningError,
  type ProvisioningErrorCode,
} from '../../../../api/core/provisioning/provisioner.ts'
import { until } from '../../../support/fixtures/users.ts'
import {
  createFakePbx,
  createProvisioningFixture,
  type PbxFailure,
  type ProvisioningFixture,
  type ProvisioningFixtureOptions,
} from '../../../support/provisioning-fixture.ts'

const worlds: ProvisioningFixture[] = []
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
})
const open = async (options?: ProvisioningFixtureOptions) => {
  const world = await createProvisioningFixture(options)
  worlds.push(world)
  return world
}
const tickAfter = async (world: ProvisioningFixture, seconds: number) => {
  world.wait(seconds)
  await world.providing.tick()
}

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

describe('who may register', () => {
  test('no client if registration is closed', async () => {
    const { register, users } = await open({ mode: 'closed' })
    await expect(register()).rejects.toMatchObject({ code: 'forbidden' })
    expect(await users.count()).toBe(0)
  })

  test('no client without a provisioner, and nothing is stored', async () => {
    const { register, users, extensions } = await open({ provisioning: undefined })
    await expect(register()).rejects.toMatchObject({ code: 'unavailable', detail: /no provisioner/ })
    expect([await users.count(), await extensions.find('2000')]).toEqual([0, undefined])
  })

  test.each([
    ['without an invitation', undefined],
    ['with an invitation that was never issued', 'inv_guessed'],
  ])('no client %s, which does not learn either who has an account', async (_, invitation) => {
    const { register, invitations } = await open({ mode: 'invitation' })
    const made = await invitations.invite({ email: null, days: 1, createdBy: null })
    await register('anna@example.org', made)
    const more = invitation === undefined ? {} : { invitation }
    await expect(register('anna@example.org', more)).rejects.toMatchObject({ code: 'forbidden' })
  })

  test('an invitation works once, and is not consumed by a failed registration', async () => {
    const { register, invitations } = await open({ mode: 'invitation' })
    const [one, two] = [
      await invitations.invite({ email: null, days: 1, createdBy: null }),
      await invitations.invite({ email: null, days: 1, createdBy: null }),
    ]
    await register('anna@example.org', one)
    await expect(register('ANNA@example.org', two)).rejects.toMatchObject({ code: 'taken' })
    await register('boris@example.org', two)
    await expect(register('clara@example.org', two)).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('a removed user', () => {
  test('has its extension removed and its number quarantined', async () => {
    const world = await open()
    const { user } = await world.register()
    await world.users.remove(user.id, until)
    await tickAfter(world, 5)
    expect(world.pbx.extensions.size).toBe(0)
    const { changedAt } = (await world.extensions.find('2000')) ?? { changedAt: 0 }
    await tickAfter(world, 365 * 86_400)
    expect(await world.register('b@example.org')).toMatchObject({ extension: '2001' })
    await world.extensions.releaseQuarantined(changedAt + 1)
    expect(await world.register('c@example.org')).toMatchObject({ extension: '2000' })
  })

  test('during provisioning has the extension removed after that attempt, not before', async () => {
    const world = await open()
    world.pbx.faults.push({ code: 'unreachable', isDone: true })
    const { user } = await world.register()
    await world.users.remove(user.id, until)
    await tickAfter(world, 4)
    expect(world.pbx.asked).toEqual(['provide 2000'])
    await tickAfter(world, 1)
    expect(world.pbx.asked).toEqual(['provide 2000', 'remove 2000'])
    expect(world.pbx.extensions.size).toBe(0)
  })

  test('keeps an extension that the PBX has assigned to another person meanwhile', async () => {
    const world = await open()
    const { user } = await world.register()
    world.pbx.extensions.set('2000', { mark: 'other', secret: 'theirs' })
    await world.users.remove(user.id, until)
    await tickAfter(world, 5)
    expect(world.pbx.extensions.get('2000')?.secret).toBe('theirs')
    expect(await world.extensions.find('2000')).toMatchObject({ state: 'external', userId: null })
  })
})

test('of two APIs that tick at the same time, one provisions the extension', async () => {
  const one = await open()
  const two = await open({ url: one.url, pbx: one.pbx })
  one.pbx.faults.push({ code: 'unreachable' })
  await one.register()
  await Promise.all([tickAfter(one, 5), tickAfter(two, 5)])
  expect(one.pbx.asked).toEqual(['provide 2000', 'provide 2000'])
})

test('with any faults, each extension is created once with the same data here and on the PBX, or nothing is left', async () => {
  const code = fc.constantFrom<ProvisioningErrorCode>('unreachable', 'unauthorized', 'refused', 'unconfirmed')
  const fault: fc.Arbitrary<PbxFailure> = fc.option(
    fc.oneof(
      code.map((one) => ({ code: one })),
      fc.constant({ code: 'unreachable' as const, isDone: true }),
    ),
    { nil: undefined },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(fault, { maxLength: 8 }),
      fc.array(fc.boolean(), { maxLength: 3 }),
      fc.uniqueArray(fc.constantFrom('2000', '2001', '2002')),
      async (faults, leaves, others) => {
        const world = await createProvisioningFixture()
        for (const number of others) world.pbx.extensions.set(number, { mark: 'other', secret: 'theirs' })
        try {
          world.pbx.faults.push(...faults)
          for (const [n, isLeaving] of [false, ...leaves].entries()) {
            const made = await world.register(`p${n}@example.org`).catch(() => undefined)
            if (isLeaving && made !== undefined) await world.users.remove(made.user.id, until).catch(() => {})
          }
          for (let run = 0; run < 12; run += 1) await tickAfter(world, 301)

          const people = await world.users.list({ limit: 100 })
          for (const { id, extension } of people) {
            const { username, password } = await world.credentials.read({ userId: id })
            expect([extension, password]).toEqual([username, world.pbx.extensions.get(username)?.secret])
          }
          const unsettled = await world.extensions.listUnfinished()
          expect(unsettled.filter(({ state }) => state !== 'external')).toEqual([])
          for (const number of others) expect(world.pbx.extensions.get(number)?.secret).toBe('theirs')
          expect(world.pbx.extensions.size).toBe(people.length + others.length)
        } finally {
          await world.close()
        }
      },
    ),
    { numRuns: 40 },
  )
})

test('an address that is the username of an account is taken, in any spelling and with concurrent requests', async () => {
  const world = await createProvisioningFixture()
  await world.users.add({ username: 'boss@example.org', extension: null, role: 'user', passwordHash: '$' })
  await expect(world.register('ＢＯＳＳ@example.org')).rejects.toMatchObject({ code: 'taken' })
  const spellings = ['anna@example.org', 'ANNA@example.org', 'Anna@Example.org']
  const outcomes = await Promise.allSettled(spellings.map((email) => world.register(email)))
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(await world.users.count()).toBe(2)
  await world.close()
})
