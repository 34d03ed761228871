import { describe, expect, test } from 'vitest'
import type { CallRecord } from '../../../../../api/core/calls/call-history.ts'
import { createUserStore } from '../../../../../api/store/sql/auth/users.ts'
import { newCall, startedAt } from '../../../../support/fixtures/call-records.ts'
import { newUser, until } from '../../../../support/fixtures/users.ts'
import { onBothEngines } from '../engines.ts'
import { anna, boris, createFixture, ringing } from './fixtures/call-history.ts'

describe('the call history', () => {
  onBothEngines((engine) => {
    const setUp = (calls?: readonly CallRecord[]) => createFixture(engine, calls)

    test('a call is found as it was saved', async () => {
      const { history } = await setUp()
      expect(await history.find('1750000000.1')).toEqual(newCall())
    })

    test.each([
      ['that does not exist is not found', '1750000000.2', undefined, false],
      ['with an invalid id is not found', 'a\0', undefined, false],
      ['is found for one of its parties', '1750000000.1', '1', true],
      ['is not found for another user', '1750000000.1', '2', false],
    ])('a call %s', async (_, id, userId, found) => {
      const { history } = await setUp()
      expect((await history.find(id, userId === undefined ? {} : { userId })) !== undefined).toBe(found)
    })

    test.each<[string, Partial<CallRecord>, Partial<CallRecord>, Partial<CallRecord>]>([
      ['more duration', {}, { endedAt: startedAt + 90, duration: 90, billable: 85 }, { duration: 90 }],
      ['less duration', {}, { duration: 3, billable: 0 }, { duration: 65, billable: 60 }],
      ['a later start', {}, { startedAt: startedAt + 9 }, { startedAt }],
      ['its recording', { recordings: [] }, {}, { recordings: ['2025/06/15/1750000000.1.wav'] }],
      [
        'another recording',
        { recordings: ['a.wav'] },
        { recordings: ['a.wav', 'b.wav'] },
        { recordings: ['a.wav', 'b.wav'] },
      ],
      [
        'one recording less',
        { recordings: ['a.wav', 'b.wav'] },
        { recordings: ['a.wav'] },
        { recordings: ['a.wav', 'b.wav'] },
      ],
      ['no recording', {}, { recordings: [] }, { recordings: ['2025/06/15/1750000000.1.wav'] }],
      ['no outcome', {}, { outcome: 'unknown', cause: null }, { outcome: 'answered', cause: 16 }],
      ['the outcome', { outcome: 'unknown' }, { outcome: 'busy', cause: 17 }, { outcome: 'busy', cause: 17 }],
      ['another name', {}, { toName: 'Anna B.' }, { toName: 'Anna B.' }],
      ['nobody', {}, { parties: [] }, { parties: [anna] }],
      ['another party', {}, { parties: [boris] }, { parties: [anna, boris] }],
      ['the party that answered', { parties: [ringing] }, { parties: [anna] }, { parties: [anna] }],
      ['no party that answered', { parties: [anna] }, { parties: [ringing] }, { parties: [anna] }],
      [
        'no answer, as no person took it',
        {},
        { outcome: 'cancelled', answeredAt: null, billable: 0 },
        { outcome: 'cancelled', answeredAt: null, billable: 0, duration: 65 },
      ],
      [
        'a later answer, when a person picked up',
        {},
        { answeredAt: startedAt + 35, billable: 30 },
        { answeredAt: startedAt + 35, billable: 30 },
      ],
      ['the same values', {}, {}, {}],
    ])('saving a call twice, the second time with %s', async (_, first, second, kept) => {
      const { history } = await setUp([newCall(first), newCall(second)])
      expect(await history.find('1750000000.1')).toMatchObject(kept)
      expect(await history.count({})).toBe(1)
    })

    test('a call is saved completely or not at all', async () => {
      const { history } = await setUp([])
      const half = newCall({ parties: [anna, { userId: 'nobody', extension: '1003', answered: true }] })
      await expect(history.save([half])).rejects.toThrow(TypeError)
      expect(await history.count({})).toBe(0)
    })

    test.each<[string, { duration: number; billable: number }, Partial<CallRecord>]>([
      ['more seconds', { duration: 70, billable: 61 }, { duration: 70, billable: 61 }],
      ['fewer seconds', { duration: 7, billable: 6 }, { duration: 65, billable: 60 }],
      ['more of one alone', { duration: 7, billable: 63 }, { duration: 65, billable: 63 }],
    ])('a CDR with %s: the larger number stays', async (_, cdr, kept) => {
      const { history } = await setUp()
      await history.enrich('1750000000.1', cdr)
      expect(await history.find('1750000000.1')).toEqual(newCall(kept))
    })

    test('a CDR of an unknown call changes nothing', async () => {
      const { history } = await setUp()
      await history.enrich('1750000000.2', { duration: 99, billable: 99 })
      expect(await history.list({}, { limit: 10 })).toEqual([newCall()])
    })

    test('history stays when its user is deleted', async () => {
      const { db, history } = await setUp([])
      const users = createUserStore(db)
      const { id: userId } = await users.add(newUser())
      const call = newCall({ parties: [{ userId, extension: '201', answered: true }] })
      await history.save([call])
      await users.remove(userId, until)
      expect(await history.list({}, { limit: 10 })).toEqual([call])
    })
  })
})
