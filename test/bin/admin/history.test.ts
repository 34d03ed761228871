import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCallHistoryStore } from '../../../api/store/sql/calls/call-history.ts'
import { openDatabase } from '../../../api/store/sql/database.ts'
import { newCall } from '../../support/fixtures/call-records.ts'
import { runHookswitch } from '../../support/run-hookswitch.ts'

const data = mkdtempSync(join(tmpdir(), 'hs-'))
afterAll(() => rmSync(data, { recursive: true, force: true }))
const purge = (...words: string[]) => runHookswitch(data, ['history', 'purge', ...words])
const at = (moment: string) => Date.parse(moment) / 1000
async function withHistory<T>(work: (history: ReturnType<typeof createCallHistoryStore>) => Promise<T>) {
  const db = await openDatabase(`sqlite:${join(data, 'hookswitch.db')}`)
  try {
    return await work(createCallHistoryStore(db))
  } finally {
    await db.close()
  }
}
beforeAll(async () => {
  await runHookswitch(data, ['users', 'list'])
  await withHistory((history) =>
    history.save([
      newCall({ id: 'old', startedAt: at('2025-12-31T23:59:59Z') }),
      newCall({ id: 'new', startedAt: at('2026-01-01T00:00:00Z') }),
    ]),
  )
})

describe('history purge', () => {
  test.each([
    ['no date', []],
    ['no value', ['--before']],
    ['a day that there is not', ['--before', '2026-02-30']],
    ['a number', ['--before', '30']],
    ['words', ['--before', 'yesterday']],
    ['a moment of no time zone', ['--before', '2026-01-01T00:00:00']],
    ['the future', ['--before', '2999-01-01']],
    ['a date without its option', ['2026-01-01']],
  ])('%s is refused in one line, and deletes nothing', async (_, words) => {
    const { code, out, err } = await purge(...words)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err.trim().split('\n')).toHaveLength(1)
    expect(await withHistory(async (history) => await history.count({}))).toBe(2)
  })

  test('counts first where asked to, then deletes what began before, and no file', async () => {
    const trial = await purge('--before', '2026-01-01', '--dry-run')
    expect(trial.out).toMatch(/^would delete from before 2026-01-01T00:00:00Z: 1 calls of the history/)
    expect(await withHistory((history) => history.count({}))).toBe(2)
    const real = await purge('--before', '2026-01-01T01:00:00+01:00')
    expect(real).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^deleted from before .*: 1 calls of the history/),
    })
    expect(real.out).toContain(
      '1 of these calls had recordings: the files stay where the PBX has written them',
    )
    expect(await withHistory((history) => history.find('old'))).toBeUndefined()
    expect(await withHistory((history) => history.find('new'))).toBeDefined()
  })
})
