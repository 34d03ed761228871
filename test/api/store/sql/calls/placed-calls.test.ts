import { describe, expect, test } from 'vitest'
import { createDialledStore } from '../../../../../api/store/sql/calls/placed-calls.ts'
import { newDialled, startedAt } from '../../../../support/fixtures/call-records.ts'
import { onBothEngines } from '../engines.ts'

describe('calls we were asked to dial', () => {
  onBothEngines((engine) => {
    const setUp = async () => {
      const dialled = createDialledStore(await engine.tables())
      await dialled.add(newDialled())
      return dialled
    }

    test('one is found as it was added, and another is not', async () => {
      const dialled = await setUp()
      expect(await dialled.find('hk_1')).toEqual(newDialled())
      expect(await dialled.find('hk_2')).toBeUndefined()
      expect(await dialled.find('\ud800')).toBeUndefined()
    })

    test('an id is given out once', async () => {
      const dialled = await setUp()
      await expect(dialled.add(newDialled({ number: '110' }))).rejects.toThrow()
      expect(await dialled.find('hk_1')).toEqual(newDialled())
    })

    test('the first outcome stays', async () => {
      const dialled = await setUp()
      await dialled.finish('hk_1', 'own_busy')
      await dialled.finish('hk_1', 'unknown')
      expect(await dialled.find('hk_1')).toEqual(newDialled({ outcome: 'own_busy' }))
    })

    test('those without an outcome that were asked for before are told, the oldest first', async () => {
      const dialled = await setUp()
      const older = newDialled({ id: 'hk_0', createdAt: startedAt - 5 })
      await dialled.add(older)
      await dialled.add(newDialled({ id: 'hk_2', createdAt: startedAt + 5 }))
      await dialled.add(newDialled({ id: 'hk_3', createdAt: startedAt - 5, outcome: 'failed' }))
      expect(await dialled.unfinished(startedAt + 5)).toEqual([older, newDialled()])
      await dialled.finish('hk_0', 'unknown')
      expect(await dialled.unfinished(startedAt + 5)).toEqual([newDialled()])
    })

    test('what is dialled for nobody is a fault of ours', async () => {
      const dialled = await setUp()
      await expect(dialled.add(newDialled({ id: 'hk_4', userId: 'anna' }))).rejects.toThrow(TypeError)
    })
  })
})
