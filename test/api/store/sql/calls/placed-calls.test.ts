import { describe, expect, test } from 'vitest'
import { createPlacedCallStore } from '../../../../../api/store/sql/calls/placed-calls.ts'
import { newPlacedCall, startedAt } from '../../../../support/fixtures/call-records.ts'
import { onBothEngines } from '../engines.ts'

describe('calls we were asked to dial', () => {
  onBothEngines((engine) => {
    const setUp = async () => {
      const dialled = createPlacedCallStore(await engine.tables())
      await dialled.add(newPlacedCall())
      return dialled
    }

    test('one is found as it was added, and another is not', async () => {
      const dialled = await setUp()
      expect(await dialled.find('hk_1')).toEqual(newPlacedCall())
      expect(await dialled.find('hk_2')).toBeUndefined()
      expect(await dialled.find('\ud800')).toBeUndefined()
    })

    test('an id is given out once', async () => {
      const dialled = await setUp()
      await expect(dialled.add(newPlacedCall({ number: '110' }))).rejects.toThrow()
      expect(await dialled.find('hk_1')).toEqual(newPlacedCall())
    })

    test('the first outcome stays', async () => {
      const dialled = await setUp()
      await dialled.finish('hk_1', 'own_busy')
      await dialled.finish('hk_1', 'unknown')
      expect(await dialled.find('hk_1')).toEqual(newPlacedCall({ outcome: 'own_busy' }))
    })

    test('those without an outcome that were asked for before are told, the oldest first', async () => {
      const dialled = await setUp()
      const older = newPlacedCall({ id: 'hk_0', createdAt: startedAt - 5 })
      await dialled.add(older)
      await dialled.add(newPlacedCall({ id: 'hk_2', createdAt: startedAt + 5 }))
      await dialled.add(newPlacedCall({ id: 'hk_3', createdAt: startedAt - 5, outcome: 'failed' }))
      expect(await dialled.unfinished(startedAt + 5)).toEqual([older, newPlacedCall()])
      await dialled.finish('hk_0', 'unknown')
      expect(await dialled.unfinished(startedAt + 5)).toEqual([newPlacedCall()])
    })

    test('what is dialled for nobody is a fault of ours', async () => {
      const dialled = await setUp()
      await expect(dialled.add(newPlacedCall({ id: 'hk_4', userId: 'anna' }))).rejects.toThrow(TypeError)
    })
  })
})
