import { describe, expect, test } from 'vitest'
import type { Supervision } from '../../../../../api/core/calls/supervision/supervision.ts'
import { createSupervisionStore } from '../../../../../api/store/sql/calls/supervisions.ts'
import { onBothEngines } from '../engines.ts'

const supervision: Supervision = {
  id: 'hks_1',
  callId: '1795218499.94',
  channelId: '1795218499.95',
  agentId: '2',
  supervisorId: '1',
  mode: 'listen',
  session: { sub: '1', sid: 's', jti: 'j', iat: 1, gen: 0, role: 'supervisor', sxp: null },
  address: '10.0.0.1',
  startedAt: 1_795_218_499,
}

describe('supervisions', () => {
  onBothEngines((engine) => {
    test('are found as they were added, and end once', async () => {
      const store = createSupervisionStore(await engine.tables())
      await store.add(supervision)
      expect(await store.all()).toEqual([supervision])
      await store.setMode('hks_1', 'join')
      expect(await store.all()).toEqual([{ ...supervision, mode: 'join' }])
      expect([await store.remove('hks_1'), await store.remove('hks_1')]).toEqual([true, false])
      expect(await store.all()).toEqual([])
    })

    test('a supervisor has one at a time', async () => {
      const store = createSupervisionStore(await engine.tables())
      await store.add(supervision)
      await expect(store.add({ ...supervision, id: 'hks_2' })).rejects.toMatchObject({ code: 'conflict' })
      await store.add({ ...supervision, id: 'hks_2', supervisorId: '3' })
      expect((await store.all()).map(({ id }) => id).sort()).toEqual(['hks_1', 'hks_2'])
    })
  })
})
