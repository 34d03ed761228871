import { describe, expect, test } from 'vitest'
import type { CallRecord, HistoryCursor, HistoryFilter } from '../../../../../api/core/calls/call-history.ts'
import { createUserStore } from '../../../../../api/store/sql/auth/users.ts'
import { createAgentStore } from '../../../../../api/store/sql/call-center/agents.ts'
import { newCall, startedAt } from '../../../../support/fixtures/call-records.ts'
import { newUser, until } from '../../../../support/fixtures/users.ts'
import { phonePrefixFilter } from '../../../../support/phone-numbers.ts'
import { onBothEngines } from '../engines.ts'
import { anna, boris, createFixture, SOME } from './fixtures/call-history.ts'

describe('the call history', () => {
  onBothEngines((engine) => {
    const setUp = (calls?: readonly CallRecord[]) => createFixture(engine, calls)

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

    test('a call saved again with an earlier start is sorted by it among the calls of its parties', async () => {
      const { idsOf, history } = await setUp([...SOME, newCall({ id: 'c', startedAt, parties: [anna] })])
      expect(await idsOf({ userId: '2' })).toBe('bc')
      expect(await idsOf({ userId: '1', until: startedAt + 1 })).toBe('c')
      expect((await history.find('c'))?.parties).toEqual([anna, boris])
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
  })
})
