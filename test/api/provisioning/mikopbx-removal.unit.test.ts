import { describe, expect, test } from 'vitest'
import { extensionSpec } from './fixtures.ts'
import { anothers, open } from './open-mikopbx.ts'

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
