import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { ProvisioningError } from '../../../api/core/provisioning/provisioner.ts'
import { createMikopbxProvisioner, type MikopbxNeeds } from '../../../api/provisioning/mikopbx.ts'
import { ADMIN_CREDENTIALS, type FakeMikopbx, startFakeMikopbx } from '../../support/fake-mikopbx.ts'
import { extensionSpec, faultsOn, openLog, shortTimeouts } from './fixtures.ts'

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function open(changes: Partial<MikopbxNeeds> = {}, started?: FakeMikopbx) {
  const pbx = started ?? (await startFakeMikopbx())
  const { log, written } = openLog()
  const mikopbx = createMikopbxProvisioner({
    baseUrl: pbx.url,
    ...ADMIN_CREDENTIALS,
    now: () => Date.now(),
    log,
    timeouts: shortTimeouts,
    ...changes,
  })
  ends.push(async () => {
    await mikopbx.close()
    await pbx.stop()
  })
  return { pbx, mikopbx, written }
}

const provided = { extension: '1001', authUsername: '1001', secret: extensionSpec.secret }
const anothers = {
  id: '70',
  number: '1001',
  name: 'Alice Smith',
  email: 'alice@example.com',
  secret: 'of-another-1',
  transport: 'udp',
}

describe('provisioning', () => {
  test('creates an employee with the requested number and secret', async () => {
    const { pbx, mikopbx } = await open()
    expect(await mikopbx.provision(extensionSpec)).toEqual(provided)
    expect([...pbx.employees.values()]).toMatchObject([
      {
        number: '1001',
        secret: extensionSpec.secret,
        name: 'Alice Smith',
        email: extensionSpec.email,
        transport: 'udp,tcp',
      },
    ])
  })

  test('a repeated request finds the employee and creates nothing', async () => {
    const { pbx, mikopbx } = await open()
    await mikopbx.provision(extensionSpec)
    expect(await mikopbx.provision(extensionSpec)).toEqual(provided)
    expect(pbx.created).toEqual(['1001'])
  })

  test('a number of the same name and address with another secret is taken, and that secret is not returned', async () => {
    const { pbx, mikopbx, written } = await open()
    pbx.employees.set('70', anothers)
    const err = await mikopbx.provision(extensionSpec).catch((err) => err)
    expect(err).toMatchObject({ code: 'taken' })
    expect(`${err.message}${written()}`).not.toContain('of-another-1')
    expect(pbx.requestCounts.add).toBeUndefined()
  })

  test('a number of a queue is taken', async () => {
    const { pbx, mikopbx } = await open()
    pbx.queues.add('1001')
    await expect(mikopbx.provision(extensionSpec)).rejects.toMatchObject({ code: 'taken' })
  })

  test('a number assigned concurrently is taken, with an error message in Russian', async () => {
    const { pbx, mikopbx } = await open()
    pbx.beforeNext.set('add', () => pbx.employees.set('70', anothers))
    await expect(mikopbx.provision(extensionSpec)).rejects.toMatchObject({ code: 'taken' })
  })

  test('a refusal has the reason of MikoPBX, without the secret that it repeats', async () => {
    const { mikopbx } = await open()
    await expect(mikopbx.provision({ ...extensionSpec, secret: '123456789' })).rejects.toMatchObject({
      code: 'refused',
      message: 'MikoPBX does not make the extension: Пароль [struck] слишком простой',
    })
  })

  test('success that MikoPBX reports but does not show is unconfirmed', async () => {
    const { pbx, mikopbx } = await open()
    pbx.faults.push({ on: 'add', kind: 'lie' })
    await expect(mikopbx.provision(extensionSpec)).rejects.toMatchObject({ code: 'unconfirmed' })
    expect(await mikopbx.provision(extensionSpec)).toEqual(provided)
  })

  test.each(['silent after', 'reset after', '500 after'] as const)(
    'if the creation succeeded and its answer was lost (%s), it is not sent again',
    async (kind) => {
      const { pbx, mikopbx } = await open()
      pbx.faults.push({ on: 'add', kind })
      expect(await mikopbx.provision(extensionSpec)).toEqual(provided)
      expect(pbx.requestCounts.add).toBe(1)
    },
  )

  test.each(['silent before', 'reset before', '500 before', 'html'] as const)(
    'if the creation had no effect (%s), it is sent once more',
    async (kind) => {
      const { pbx, mikopbx } = await open()
      pbx.faults.push({ on: 'add', kind })
      expect(await mikopbx.provision(extensionSpec)).toEqual(provided)
      expect(pbx.requestCounts.add).toBe(2)
      expect(pbx.created).toEqual(['1001'])
    },
  )

  test('a mail address with a line break never reaches MikoPBX', async () => {
    const { pbx, mikopbx } = await open()
    const flawed = { ...extensionSpec, email: 'a@example.com\r\nb' }
    await expect(mikopbx.provision(flawed)).rejects.toMatchObject({ code: 'refused' })
    expect(pbx.requestCounts).toEqual({})
  })
})

describe('removing', () => {
  test('deletes the employee of that number, and no other', async () => {
    const { pbx, mikopbx } = await open()
    await mikopbx.provision(extensionSpec)
    await mikopbx.provision({ ...extensionSpec, extension: '1002' })
    await mikopbx.remove('1001', extensionSpec)
    expect([...pbx.employees.values()]).toMatchObject([{ number: '1002' }])
  })

  test('a missing employee is not an error', async () => {
    const { pbx, mikopbx } = await open()
    await mikopbx.remove('1001', extensionSpec)
    expect(pbx.requestCounts.delete).toBeUndefined()
  })

  test('does not remove a queue or another employee that has the number now', async () => {
    const { pbx, mikopbx } = await open()
    pbx.queues.add('1001')
    await expect(mikopbx.remove('1001', extensionSpec)).rejects.toMatchObject({ code: 'taken' })
    pbx.employees.set('70', anothers)
    await expect(mikopbx.remove('1001', extensionSpec)).rejects.toMatchObject({ code: 'taken' })
    expect(pbx.requestCounts.delete).toBeUndefined()
  })

  test.each(['silent after', 'silent before', '500 after', 'html', 'expired'] as const)(
    'the employee is gone after %s',
    async (kind) => {
      const { pbx, mikopbx } = await open()
      await mikopbx.provision(extensionSpec)
      pbx.faults.push({ on: 'delete', kind })
      await mikopbx.remove('1001', extensionSpec)
      expect(pbx.employees.size).toBe(0)
    },
  )

  test('is unconfirmed while the employee still exists', async () => {
    const { pbx, mikopbx } = await open()
    await mikopbx.provision(extensionSpec)
    pbx.faults.push({ on: 'delete', kind: 'lie' })
    await expect(mikopbx.remove('1001', extensionSpec)).rejects.toMatchObject({ code: 'unconfirmed' })
  })
})

describe('access', () => {
  test('one login is used until a minute before its expiry', async () => {
    let now = 0
    const { pbx, mikopbx } = await open({ now: () => now })
    await Promise.all([mikopbx.remove('1001', extensionSpec), mikopbx.remove('1002', extensionSpec)])
    now = 839_000
    await mikopbx.remove('1001', extensionSpec)
    expect(pbx.requestCounts.login).toBe(1)
    now = 841_000
    await mikopbx.remove('1001', extensionSpec)
    expect(pbx.requestCounts.login).toBe(2)
  })

  test('an expired token is renewed once, and the request is repeated', async () => {
    const { pbx, mikopbx } = await open()
    pbx.faults.push({ on: 'add', kind: 'expired' })
    expect(await mikopbx.provision(extensionSpec)).toEqual(provided)
    expect(pbx.requestCounts).toMatchObject({ login: 2, add: 2 })
    expect(pbx.created).toEqual(['1001'])
  })

  test('a wrong password is unauthorized and not repeated at once, as MikoPBX locks out clients that guess', async () => {
    const { pbx, mikopbx, written } = await open({ login: 'admin', password: 'wrong-password' })
    for (let tries = 0; tries < 12; tries += 1) {
      const err = await mikopbx.provision(extensionSpec).catch((err) => err)
      expect(err).toMatchObject({ code: 'unauthorized' })
      expect(`${err.message}${written()}`).not.toContain('wrong-password')
    }
    expect(pbx.requestCounts.login).toBe(1)
  })

  test('an API key needs no login', async () => {
    const pbx = await startFakeMikopbx()
    pbx.keys.add('key-of-hookswitch')
    const { baseUrl, now, log } = { baseUrl: pbx.url, now: () => 0, log: openLog().log }
    const mikopbx = createMikopbxProvisioner({
      baseUrl,
      apiKey: 'key-of-hookswitch',
      now,
      log,
      timeouts: shortTimeouts,
    })
    ends.push(async () => {
      await mikopbx.close()
      await pbx.stop()
    })
    expect(await mikopbx.provision(extensionSpec)).toEqual(provided)
    expect(pbx.requestCounts.login).toBeUndefined()
    pbx.keys.clear()
    await expect(mikopbx.provision(extensionSpec)).rejects.toMatchObject({ code: 'unauthorized' })
  })
})

test('after any faults there is one employee with the requested secret, or an error', async () => {
  let now = 0
  const timeouts = { ...shortTimeouts, requestMs: 60, pauseMs: 1 }
  const { pbx, mikopbx } = await open({ now: () => now, timeouts })
  let number = 3000
  await fc.assert(
    fc.asyncProperty(faultsOn(['login', 'available', 'default', 'add', 'show']), async (faults) => {
      number += 1
      const wanted = { ...extensionSpec, extension: String(number), ownershipTag: `mark-${number}` }
      pbx.faults.push(...faults)
      for (let tries = 0; ; tries += 1) {
        const made = await mikopbx.provision(wanted).catch((err) => err)
        expect(pbx.created.filter((one) => one === wanted.extension).length).toBeLessThanOrEqual(1)
        if (!(made instanceof Error)) {
          const there = [...pbx.employees.values()].filter((one) => one.number === wanted.extension)
          expect(there).toMatchObject([{ secret: made.secret }])
          break
        }
        expect(made).toBeInstanceOf(ProvisioningError)
        expect(made).toMatchObject({
          code: expect.stringMatching(/^(unreachable|unauthorized|unconfirmed)$/),
        })
        expect(tries).toBeLessThan(40)
        now += 100_000
      }
      pbx.faults.length = 0
    }),
    { numRuns: 60 },
  )
})
