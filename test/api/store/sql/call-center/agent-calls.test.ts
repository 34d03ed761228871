import { describe, expect, test } from 'vitest'
import type { AgentCall } from '../../../../../api/core/call-center/calls/agent-call.ts'
import { createAgentCallStore } from '../../../../../api/store/sql/call-center/agent-calls.ts'
import { counted, onBothEngines } from '../engines.ts'

const newCall = (difference: Partial<AgentCall> = {}): Omit<AgentCall, 'id' | 'outcome'> => ({
  callId: 'hk_1',
  agentId: '3',
  leadId: '5',
  campaignId: null,
  number: '+493012345',
  createdAt: 1_750_000_000,
  ...difference,
})

describe('the calls of agents', () => {
  onBothEngines((engine) => {
    const setUp = async () => {
      const log = createAgentCallStore(await engine.tables())
      return { log, made: await log.add(newCall()) }
    }

    test('one is found by its number and by the call’s own id, and another is not', async () => {
      const { log, made } = await setUp()
      expect(made).toEqual({ ...newCall(), id: expect.stringMatching(/^\d+$/), outcome: null })
      expect(await log.find(made.id)).toEqual(made)
      expect(await log.find('hk_1')).toEqual(made)
      for (const id of ['hk_2', '999', `${made.id}.0`, '\ud800', 'a\u0000']) {
        expect(await log.find(id)).toBeUndefined()
      }
    })

    test('the numbers of many calls are found by one statement', async () => {
      const { db, statements } = counted(await engine.tables())
      const log = createAgentCallStore(db)
      const ids = Array.from({ length: 200 }, (_, at) => `hk_${at}`)
      const made = []
      for (const callId of ids.slice(0, 3)) made.push(await log.add(newCall({ callId })))
      const before = statements()
      const found = await log.findIds([...ids, '\ud800', 'a\u0000'])
      expect(statements() - before).toBe(1)
      expect([...found]).toEqual(made.map(({ callId, id }) => [callId, id]))
      expect(await log.findIds([])).toEqual(new Map())
    })

    test('a call is one row: added again it is a fault, noted again the first stays', async () => {
      const { log, made } = await setUp()
      await expect(log.add(newCall({ agentId: '4' }))).rejects.toThrow()
      expect(await log.addIfMissing(newCall({ agentId: '4' }))).toEqual(made)
      const noted = await log.addIfMissing(newCall({ callId: '1750000000.7', leadId: null }))
      expect(noted).toMatchObject({ callId: '1750000000.7', leadId: null, agentId: '3' })
      expect(Number(noted.id)).toBeGreaterThan(Number(made.id))
    })

    test('noted by many at once it is one', async () => {
      const { log } = await setUp()
      const noted = await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          log.addIfMissing(newCall({ callId: 'x.1', agentId: String(n + 1) })),
        ),
      )
      expect(new Set(noted.map(({ id }) => id)).size).toBe(1)
    })

    test('the first outcome stays', async () => {
      const { log } = await setUp()
      await log.finish('hk_1', 'busy')
      await log.finish('hk_1', 'unknown')
      expect(await log.find('hk_1')).toMatchObject({ outcome: 'busy' })
    })

    test('what was not dialled is forgotten, and its number is not given out again', async () => {
      const { log, made } = await setUp()
      await log.delete('hk_1')
      expect(await log.find(made.id)).toBeUndefined()
      expect((await log.add(newCall())).id).not.toBe(made.id)
    })
  })
})
