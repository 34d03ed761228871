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

describe('the agent call store', () => {
  onBothEngines((engine) => {
    const setUp = async () => {
      const store = createAgentCallStore(await engine.tables())
      return { store, added: await store.add(newCall()) }
    }

    test('finds a call by its id and by its call id, and no other', async () => {
      const { store, added } = await setUp()
      expect(added).toEqual({ ...newCall(), id: expect.stringMatching(/^\d+$/), outcome: null })
      expect(await store.find(added.id)).toEqual(added)
      expect(await store.find('hk_1')).toEqual(added)
      for (const id of ['hk_2', '999', `${added.id}.0`, '\ud800', 'a\u0000']) {
        expect(await store.find(id)).toBeUndefined()
      }
    })

    test('finds the ids of many calls with one statement', async () => {
      const { db, statements } = counted(await engine.tables())
      const store = createAgentCallStore(db)
      const ids = Array.from({ length: 200 }, (_, at) => `hk_${at}`)
      const added = []
      for (const callId of ids.slice(0, 3)) added.push(await store.add(newCall({ callId })))
      const before = statements()
      const found = await store.findIds([...ids, '\ud800', 'a\u0000'])
      expect(statements() - before).toBe(1)
      expect([...found]).toEqual(added.map(({ callId, id }) => [callId, id]))
      expect(await store.findIds([])).toEqual(new Map())
    })

    test('stores a call once: add rejects a second row, addIfMissing returns the first', async () => {
      const { store, added } = await setUp()
      await expect(store.add(newCall({ agentId: '4' }))).rejects.toThrow()
      expect(await store.addIfMissing(newCall({ agentId: '4' }))).toEqual(added)
      const second = await store.addIfMissing(newCall({ callId: '1750000000.7', leadId: null }))
      expect(second).toMatchObject({ callId: '1750000000.7', leadId: null, agentId: '3' })
      expect(Number(second.id)).toBeGreaterThan(Number(added.id))
    })

    test('stores one row if many callers add a missing call at once', async () => {
      const { store } = await setUp()
      const second = await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          store.addIfMissing(newCall({ callId: 'x.1', agentId: String(n + 1) })),
        ),
      )
      expect(new Set(second.map(({ id }) => id)).size).toBe(1)
    })

    test('keeps the first outcome', async () => {
      const { store } = await setUp()
      await store.finish('hk_1', 'busy')
      await store.finish('hk_1', 'unknown')
      expect(await store.find('hk_1')).toMatchObject({ outcome: 'busy' })
    })

    test('deletes a call that was not dialed, and does not reuse its id', async () => {
      const { store, added } = await setUp()
      await store.delete('hk_1')
      expect(await store.find(added.id)).toBeUndefined()
      expect((await store.add(newCall())).id).not.toBe(added.id)
    })
  })
})
