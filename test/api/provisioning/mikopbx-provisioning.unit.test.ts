import { describe, expect, test } from 'vitest'
import { extensionSpec } from './fixtures.ts'
import { anothers, open, provided } from './open-mikopbx.ts'

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
