import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import type { CallRecord } from '../../../../api/core/calls/call-history.ts'
import { newCall, startedAt } from '../../../support/fixtures/call-records.ts'
import { ADMIN, ANNA, ask, failing, inMemory, useHistoryDatabase } from './history-fixture.ts'

useHistoryDatabase()

describe('GET /calls/history.csv', () => {
  const tableOf = async (calls: readonly CallRecord[]) =>
    (await ask('/calls/history.csv', ADMIN, {}, inMemory(calls))).text()

  test('has a header and a row for each call that the user may see', async () => {
    const res = await ask('/calls/history.csv?outcome=answered', ANNA)
    expect(res.headers.get('content-disposition')).toBe('attachment; filename="calls.csv"')
    expect(res.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present')
    expect(new Uint8Array(await res.clone().arrayBuffer()).slice(0, 5)).toEqual(
      new Uint8Array([0xef, 0xbb, 0xbf, 0x69, 0x64]), // the byte order mark: Excel reads UTF-8
    )
    const line = (
      id: string,
      direction: string,
      start: string,
      answer: string,
      end: string,
      phones: string,
    ) =>
      `${id},${direction},+493012345,Иван «Bob» 📞,1001,Anna,${start},${answer},${end},65,60,answered,16,true,${phones}`
    expect((await res.text()).split('\r\n')).toEqual([
      'id,direction,from_number,from_name,to_number,to_name,started_at,answered_at,ended_at,' +
        'duration,billable,outcome,cause,recorded,extensions',
      line(
        'c.1',
        'internal',
        '2025-06-15T15:08:40.000Z',
        '2025-06-15T15:08:45.000Z',
        '2025-06-15T15:09:45.000Z',
        '1001 1002',
      ),
      line(
        'a.1',
        'incoming',
        '2025-06-15T15:06:40.000Z',
        '2025-06-15T15:06:45.000Z',
        '2025-06-15T15:07:45.000Z',
        '1001',
      ),
      '',
    ])
  })

  test.each([
    ['semicolon', ';', 200],
    ['tab', '\t', 200],
    ['comma', ',', 200],
    ['bar', '', 400],
  ])('supports the delimiter %s, or refuses it', async (delimiter, sign, status) => {
    const calls = inMemory([newCall({ fromName: 'Bob; =1\t' })])
    const res = await ask(`/calls/history.csv?delimiter=${delimiter}`, ADMIN, {}, calls)
    expect(res.status).toBe(status)
    if (status !== 200) return
    const rows: string[][] = parse(await res.text(), { delimiter: sign })
    expect(rows.map((cells) => cells.length)).toEqual([15, 15])
    expect(rows[1]?.slice(2, 5)).toEqual(['+493012345', "Bob;' =1\t", '1001'])
  })

  test.each([
    ['a plain name stays', 'Bob', 'Bob'],
    ['a comma is quoted', 'Bob, Anna', '"Bob, Anna"'],
    ['a quote is doubled', 'Bob "B"', '"Bob ""B"""'],
    ['a line break is quoted', 'a\r\nb', '"a\r\nb"'],
    ['a formula is escaped', '=1+1', "'=1+1"],
    ['a formula with a quote is escaped', '=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`],
    ['a sum is escaped', '+1+cmd', "'+1+cmd"],
    ['a difference is escaped', '-1', "'-1"],
    ['a function is escaped', '@SUM(A1)', "'@SUM(A1)"],
    ['a formula behind a tab is escaped', '\t=1', `"'\t'=1"`],
    ['a formula behind a semicolon is escaped', 'x;=1+1', `"x;'=1+1"`],
    ['a formula behind a line break is escaped', 'x\n=1+1', `"x\n'=1+1"`],
    ['a formula behind invisible characters is escaped', '\u200b\ufeff =1', "'\u200b\ufeff =1"],
    ['a full-width formula is escaped', '＝1+1', "'＝1+1"],
    ['a semicolon is quoted', 'a;b', '"a;b"'],
    ['a phone number stays', '+493012345', '+493012345'],
    ['a number stays', '100', '100'],
    ['a line break within a number is escaped', '+1\n2', `"'+1\n2"`],
  ])('%s', async (_, fromName, cell) => {
    const table = await tableOf([newCall({ fromName })])
    expect(table.slice(table.indexOf('\r\n') + 2)).toMatch(`1750000000.1,incoming,+493012345,${cell},1001,`)
  })

  test('has only the header if no call matches', async () => {
    expect((await tableOf([])).trimEnd().split('\r\n')).toHaveLength(1)
  })

  test('has each of 2 300 calls once and reads a page only when the client reads', async () => {
    const calls = Array.from({ length: 2_300 }, (_none, n) =>
      newCall({ id: `x.${n}`, startedAt: startedAt - n, parties: [] }),
    )
    const store = inMemory(calls)
    const res = await ask('/calls/history.csv', ADMIN, {}, store)
    expect(store.pages()).toBe(1)
    const [, ...lines] = (await res.text()).trimEnd().split('\r\n')
    expect(lines.map((line) => line.split(',')[0])).toEqual(calls.map(({ id }) => id))
    expect(store.pages()).toBe(5)
  })

  test('answers 503 if the store is unavailable at the start', async () => {
    const res = await ask('/calls/history.csv', ADMIN, {}, failing(0))
    expect(res.status).toBe(503)
    expect(res.headers.get('retry-after')).toBe('2')
  })

  test('aborts the response if the store fails in between', async () => {
    const res = await ask('/calls/history.csv', ADMIN, {}, failing(1))
    expect(res.status).toBe(200)
    await expect(res.text()).rejects.toMatchObject({ code: 'unavailable' })
  })
})
