import { describe, expect, test } from 'vitest'
import type { CallRecord, HistoryCursor, HistoryFilter } from '../../../../../api/core/calls/call-history.ts'
import { createUserStore } from '../../../../../api/store/sql/auth/users.ts'
import { createAgentStore } from '../../../../../api/store/sql/call-center/agents.ts'
import { createCallHistoryStore } from '../../../../../api/store/sql/calls/call-history.ts'
import { newCall, startedAt } from '../../../../support/fixtures/call-records.ts'
import { newUser, until } from '../../../../support/fixtures/users.ts'
import { phonePrefixFilter } from '../../../../support/phone-numbers.ts'
import { onBothEngines } from '../engines.ts'

const anna = { userId: '1', extension: '1001', answered: true }
const ringing = { ...anna, answered: false }
const boris = { userId: '2', extension: '1002', answered: false }
/** Every member has a different value. */
const SOME: readonly CallRecord[] = [
  newCall({
    id: 'a',
    startedAt: startedAt + 10,
    fromNumber: '+493012345',
    toNumber: '1001',
    parties: [anna],
  }),
  newCall({
    id: 'b',
    startedAt: startedAt + 20,
    direction: 'outgoing',
    fromNumber: '1002',
    toNumber: '+4940999',
    outcome: 'busy',
    parties: [boris],
  }),
  newCall({
    id: 'c',
    startedAt: startedAt + 30,
    direction: 'internal',
    fromNumber: '1001',
    toNumber: '1002',
    parties: [anna, boris],
  }),
  newCall({
    id: 'd',
    startedAt: startedAt + 40,
    fromNumber: 'anonymous',
    toNumber: '100',
    outcome: 'no_answer',
    parties: [],
  }),
]

describe('the call history', () => {
  onBothEngines((engine) => {
    const setUp = async (calls: readonly CallRecord[] = [newCall()]) => {
      const db = await engine.tables()
      const history = createCallHistoryStore(db)
      for (const call of calls) await history.save([call])
      const idsOf = async (filter: HistoryFilter) =>
        (await history.list(filter, { limit: 100 })).map(({ id }) => id).join('')
      return { db, history, idsOf }
    }

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

    test('a team has the calls of its current members, each once', async () => {
      const { db, history, idsOf } = await setUp(SOME)
      const [users, agents] = [createUserStore(db), createAgentStore(db)]
      const ids: string[] = []
      for (const [username, team] of [
        ['anna', 'sales'],
        ['boris', 'support'],
      ] as const) {
        const { id: userId } = await users.add(newUser({ username, extension: null }))
        const agent = await agents.add({ userId, name: username, kind: 'human', team }, 0, until)
        ids.push(agent.id)
      }
      expect(await idsOf({ team: 'sales' })).toBe('ca')
      expect(await idsOf({ team: 'support' })).toBe('cb')
      expect(await idsOf({ team: 'legal' })).toBe('')
      expect(await idsOf({ team: 'sales', userId: '2' })).toBe('c')
      expect(await idsOf({ team: 'sales', direction: 'internal' })).toBe('c')
      expect(await history.count({ team: 'sales' })).toBe(2)
      expect(
        (
          await history.list({ team: 'sales' }, { limit: 1, after: { startedAt: startedAt + 30, id: 'c' } })
        ).map(({ id }) => id),
      ).toEqual(['a'])
      expect((await history.find('c', { team: 'support' }))?.parties).toEqual([anna, boris])
      expect(await history.find('a', { team: 'support' })).toBeUndefined()
      expect(await history.find('d', { team: 'sales' })).toBeUndefined()
      await agents.update(ids[1] ?? '', { team: 'sales' }, undefined, 0, until)
      expect(await idsOf({ team: 'sales' })).toBe('cba')
      expect(await idsOf({ team: 'support' })).toBe('')
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

    test('a call saved again with an earlier start is sorted by it among the calls of its parties', async () => {
      const { idsOf, history } = await setUp([...SOME, newCall({ id: 'c', startedAt, parties: [anna] })])
      expect(await idsOf({ userId: '2' })).toBe('bc')
      expect(await idsOf({ userId: '1', until: startedAt + 1 })).toBe('c')
      expect((await history.find('c'))?.parties).toEqual([anna, boris])
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

    test.each<[string, HistoryFilter, string]>([
      ['all of them', {}, 'dcba'],
      ['from a time on', { from: startedAt + 20 }, 'dcb'],
      ['until a time, exclusive', { until: startedAt + 30 }, 'ba'],
      ['of one direction', { direction: 'internal' }, 'c'],
      ['of one outcome', { outcome: 'busy' }, 'b'],
      ['of one user', { userId: '1' }, 'ca'],
      ['of one user from a time on', { userId: '1', from: startedAt + 20 }, 'c'],
      ['of one user with one outcome', { userId: '2', outcome: 'answered' }, 'c'],
      ['of one user with a number', { userId: '2', ...phonePrefixFilter('+49') }, 'b'],
      ['of a user without calls', { userId: '3' }, ''],
      ['of an invalid user id', { userId: 'x' }, ''],
      ['with a number on either side', phonePrefixFilter('1002'), 'cb'],
      ['with numbers of one prefix', phonePrefixFilter('+49'), 'ba'],
      ['with a number that is the prefix of others', phonePrefixFilter('100'), 'dcba'],
      ['with digits from the middle of a number', phonePrefixFilter('3012345'), ''],
      ['with a LIKE pattern as the number', phonePrefixFilter('%'), ''],
      [
        'of any of several prefixes',
        {
          numbers: [
            { prefix: '+4940', minLength: 0 },
            { prefix: 'anon', minLength: 0 },
          ],
        },
        'db',
      ],
      ['of a prefix and a length', { numbers: [{ prefix: '100', minLength: 4 }] }, 'cba'],
      ['of no prefix', { numbers: [] }, ''],
    ])('lists and counts calls %s, newest first', async (_, filter, ids) => {
      const { history, idsOf } = await setUp(SOME)
      expect(await idsOf(filter)).toBe(ids)
      expect(await history.count(filter)).toBe(ids.length)
    })

    test('a user who was in a call with two phones sees it once', async () => {
      const twice = newCall({ parties: [anna, { userId: '1', extension: '1009', answered: false }] })
      const { history } = await setUp([twice])
      expect(await history.list({ userId: '1' }, { limit: 10 })).toEqual([twice])
      expect(await history.count({ userId: '1' })).toBe(1)
    })

    test.each([
      ['all calls', {}],
      ['the calls of one user', { userId: '1' }],
    ])('pages of %s follow one another without a gap, also within a second', async (_, filter) => {
      // 7 calls begin in each of 4 seconds; the 10th has a longer id than the 9th.
      const calls = Array.from({ length: 28 }, (_none, n) =>
        newCall({ id: `x.${n}`, startedAt: startedAt + Math.floor(n / 7) }),
      )
      const { history } = await setUp(calls)
      const seen: HistoryCursor[] = []
      for (let page: CallRecord[] = []; ; ) {
        const last = page.at(-1)
        page = await history.list(filter, { limit: 3, ...(last && { after: last }) })
        if (page.length === 0) break
        seen.push(...page)
      }
      expect(seen.map(({ id }) => id).toSorted()).toEqual(calls.map(({ id }) => id).toSorted())
      expect(seen.map((each) => each.startedAt)).toEqual(
        seen.map((each) => each.startedAt).toSorted((a, b) => b - a),
      )
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
