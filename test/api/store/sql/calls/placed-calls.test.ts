import { describe, expect, test } from 'vitest'
import { createPlacedCallStore } from '../../../../../api/store/sql/calls/placed-calls.ts'
import { newPlacedCall, startedAt } from '../../../../support/fixtures/call-records.ts'
import { onBothEngines } from '../engines.ts'

describe('placed calls', () => {
  onBothEngines((engine) => {
    const setUp = async () => {
      const placedCalls = createPlacedCallStore(await engine.tables())
      await placedCalls.add(newPlacedCall())
      return placedCalls
    }

    test('a call is found as it was added, and an unknown one is not', async () => {
      const placedCalls = await setUp()
      expect(await placedCalls.find('hk_1')).toEqual(newPlacedCall())
      expect(await placedCalls.find('hk_2')).toBeUndefined()
      expect(await placedCalls.find('\ud800')).toBeUndefined()
    })

    test('an id can be added once', async () => {
      const placedCalls = await setUp()
      await expect(placedCalls.add(newPlacedCall({ number: '110' }))).rejects.toThrow()
      expect(await placedCalls.find('hk_1')).toEqual(newPlacedCall())
    })

    test('the first outcome stays', async () => {
      const placedCalls = await setUp()
      await placedCalls.finish('hk_1', 'own_busy')
      await placedCalls.finish('hk_1', 'unknown')
      expect(await placedCalls.find('hk_1')).toEqual(newPlacedCall({ outcome: 'own_busy' }))
    })

    test('lists older calls without an outcome, oldest first', async () => {
      const placedCalls = await setUp()
      const older = newPlacedCall({ id: 'hk_0', createdAt: startedAt - 5 })
      await placedCalls.add(older)
      await placedCalls.add(newPlacedCall({ id: 'hk_2', createdAt: startedAt + 5 }))
      await placedCalls.add(newPlacedCall({ id: 'hk_3', createdAt: startedAt - 5, outcome: 'failed' }))
      expect(await placedCalls.unfinished(startedAt + 5)).toEqual([older, newPlacedCall()])
      await placedCalls.finish('hk_0', 'unknown')
      expect(await placedCalls.unfinished(startedAt + 5)).toEqual([newPlacedCall()])
    })

    test('a call without a user id throws', async () => {
      const placedCalls = await setUp()
      await expect(placedCalls.add(newPlacedCall({ id: 'hk_4', userId: 'anna' }))).rejects.toThrow(TypeError)
    })
  })
})
