import { describe, expect, test } from 'vitest'
import type { CallOutcome } from '../../../../../api/core/calls/call.ts'
import type { CallParty, CallRecord } from '../../../../../api/core/calls/call-history.ts'
import { toHistorySearch } from '../../../../../api/core/calls/history-search.ts'
import { isMissedBy } from '../../../../../api/core/calls/missed-calls.ts'
import { createUserStore } from '../../../../../api/store/sql/auth/users.ts'
import { createMissedCallMarks } from '../../../../../api/store/sql/calls/missed-call-marks.ts'
import { newCall, startedAt } from '../../../../support/fixtures/call-records.ts'
import { newUser } from '../../../../support/fixtures/users.ts'
import { onBothEngines } from '../engines.ts'
import { createFixture } from './fixtures/call-history.ts'

const german = (number: string) => [{ prefix: number.replace(/\D/g, '').replace(/^0/, '+49'), minLength: 0 }]
const called = (userId: string, answered = false): CallParty => ({
  userId,
  extension: `100${userId}`,
  answered,
  called: true,
})
const caller = (userId: string, answered = false): CallParty => ({
  userId,
  extension: `100${userId}`,
  answered,
})

/** By id. */
const NAMED: readonly CallRecord[] = [
  newCall({ id: 'a', startedAt, fromName: 'Élodie GARCÍA', fromNumber: '+493012345', toName: '' }),
  newCall({ id: 'b', startedAt: startedAt + 1, fromName: 'Иван', fromNumber: '+4940999', toName: 'García' }),
  newCall({ id: 'c', startedAt: startedAt + 2, fromName: '100%_!', fromNumber: 'anonymous', toName: 'Anna' }),
]

describe('a search in the history', () => {
  onBothEngines((engine) => {
    test.each([
      ['garcía', 'ba'],
      ['GARCI\u0301A', 'ba'],
      ['élodie garcía', 'a'],
      ['garcía ÉLO', 'a'],
      ['иВАН', 'b'],
      ['arcí', 'ba'],
      ['anonym', 'c'],
      ['0%', 'c'],
      ['%_!', 'c'],
      ['_', 'c'],
      ['garcía anna', ''],
      ['12345', 'a'],
      ['030 12345', 'a'],
      ['+49 40', 'b'],
      ['(040) 99-9', 'b'],
      ['nothing\0', ''],
    ])('%j finds %j', async (text, ids) => {
      const { history } = await createFixture(engine, NAMED)
      const filter = { search: toHistorySearch(text, german) }
      const { calls, next } = await history.page(filter, { limit: 10 })
      expect(calls.map(({ id }) => id).join('')).toBe(ids)
      expect(next).toBeUndefined()
      expect(await history.total(filter)).toEqual({ count: ids.length, isExact: true })
    })

    test('goes on where a page has read as many calls as it may', async () => {
      const { history } = await createFixture(engine, NAMED)
      const filter = { search: toHistorySearch('garcía', german) }
      const first = await history.page(filter, { limit: 1 })
      expect(first.calls.map(({ id }) => id)).toEqual(['b'])
      const second = await history.page(filter, { limit: 1, ...(first.next && { after: first.next }) })
      expect(second.calls.map(({ id }) => id)).toEqual(['a'])
    })

    test('finds a call by the name that it was saved with last', async () => {
      const { history } = await createFixture(engine, NAMED)
      await history.save([newCall({ id: 'a', startedAt, fromName: 'Zoë' })])
      const idsOf = async (text: string) =>
        (await history.page({ search: toHistorySearch(text, german) }, { limit: 9 })).calls.map(
          ({ id }) => id,
        )
      expect(await idsOf('ZOË')).toEqual(['a'])
      expect(await idsOf('élodie')).toEqual([])
    })
  })
})

/** The parties, the outcome, and the users who missed the call. */
const CASES: readonly [title: string, CallOutcome, readonly CallParty[], missedBy: string][] = [
  ['a call that no phone took', 'no_answer', [called('1'), called('2')], '12'],
  ['a call that a colleague took', 'answered', [called('1'), called('2', true)], ''],
  ['a call that the dialplan took', 'answered', [called('1')], '1'],
  ['a colleague’s call that no phone took', 'no_answer', [caller('1'), called('2')], '2'],
  ['a call whose caller gave up', 'cancelled', [caller('1', true), called('2')], '2'],
  ['a call to a busy phone', 'busy', [called('1')], '1'],
  ['a call that was declined', 'declined', [called('1')], ''],
  ['a call with an unknown end', 'unknown', [called('1')], ''],
  ['a call that the user took on another phone', 'answered', [called('1'), caller('1', true)], ''],
  ['a call without a user', 'no_answer', [], ''],
]

describe('missed calls', () => {
  onBothEngines((engine) => {
    test.each(CASES)('%s (%s)', async (_, outcome, parties, missedBy) => {
      const numbered = parties.map((party, at) => ({ ...party, extension: `10${at}` }))
      const call = newCall({ id: 'a', outcome, parties: numbered })
      const { history } = await createFixture(engine, [call])
      const users = ['1', '2', '3']
      expect(users.filter((id) => isMissedBy(call, id)).join('')).toBe(missedBy)
      const stored = await Promise.all(
        users.map(async (id) => ((await history.total({ missedBy: id })).count > 0 ? id : '')),
      )
      expect(stored.join('')).toBe(missedBy)
      const counted = await Promise.all(
        users.map(async (id) => ((await history.countMissed(id, startedAt, 9)) > 0 ? id : '')),
      )
      expect(counted.join('')).toBe(missedBy)
    })

    test('count by their end, up to a bound', async () => {
      const lost = { outcome: 'no_answer', parties: [called('1')] } as const
      const { history } = await createFixture(engine, [
        newCall({ id: 'a', startedAt, endedAt: startedAt + 30, ...lost }),
        newCall({ id: 'b', startedAt: startedAt + 10, endedAt: startedAt + 20, ...lost }),
        newCall({ id: 'c', startedAt: startedAt + 40, endedAt: startedAt + 50, ...lost }),
      ])
      const counts = [startedAt + 19, startedAt + 20, startedAt + 30, startedAt + 50].map((since) =>
        history.countMissed('1', since, 9),
      )
      expect(await Promise.all(counts)).toEqual([3, 2, 1, 0])
      expect(await history.countMissed('1', startedAt, 2)).toBe(2)
    })

    test('have a mark of each user, which only moves forward', async () => {
      const { db } = await createFixture(engine)
      const [anna, boris] = [
        await createUserStore(db).add(newUser()),
        await createUserStore(db).add(newUser({ username: 'boris', extension: '202' })),
      ]
      const marks = createMissedCallMarks(db)
      for (const at of [10, 30, 20]) await marks.advance(anna.id, at)
      expect(await marks.find(anna.id)).toBe(30)
      expect(await marks.find(boris.id)).toBeUndefined()
    })
  })
})
