import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createSecurityLog } from '../../../../api/store/files/security-log.ts'
import type { FailureStreak } from '../../../../runtime/failure-reporter.ts'

const folder = mkdtempSync(join(tmpdir(), 'hs-'))
afterAll(() => rmSync(folder, { recursive: true }))

const failed = (username: string) => ({ event: 'authn_login_fail', username, address: '192.0.2.1' }) as const
const turn = () => new Promise((resolve) => setTimeout(resolve, 5))
async function until(holds: () => boolean) {
  for (let tries = 0; tries < 1_000 && !holds(); tries += 1) await turn()
  expect(holds()).toBe(true)
}

test('each line is written in order, to a file with mode 0600', async () => {
  const path = join(folder, 'log', 'security.log')
  const log = createSecurityLog(path, (err) => expect.unreachable(String(err)))
  for (let n = 0; n < 500; n += 1) {
    log.write(failed(`user-${n}`))
    if (n % 100 === 0) await turn()
  }
  const names = () =>
    readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { username: string }).username)
  await turn()
  await until(() => names().length === 500)
  expect(names()).toEqual(Array.from({ length: 500 }, (_, n) => `user-${n}`))
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('a file that hangs lets at most 10 000 lines wait, and the number of lost lines is reported', async () => {
  const errors: string[] = []
  const written: string[] = []
  let isHanging = false
  let go = () => {}
  const hang = new Promise<void>((resolve) => {
    go = resolve
  })
  const log = createSecurityLog(
    join(folder, 'hung.log'),
    (err) => errors.push(String(err)),
    () => new Date(0),
    async (_, text) => {
      isHanging = true
      await hang
      written.push(text)
    },
  )
  log.write(failed('first'))
  await until(() => isHanging)
  for (let n = 0; n < 25_000; n += 1) log.write(failed('x'))
  go()
  await until(() => errors.length > 0 && written.join('').split('\n').length === 10_002)
  expect(errors).toEqual([expect.stringMatching(/15000 lines were left out/)])
})

test('the first of the lines that cannot be written is reported, and so is that the next are written', async () => {
  const errors: unknown[] = []
  const written: string[] = []
  const log = createSecurityLog(
    join(folder, 'full.log'),
    Object.assign((err: unknown) => void errors.push(err), {
      recovered: ({ failures }: FailureStreak) => void errors.push(`recovered after ${failures}`),
    }),
    () => new Date(0),
    async (_, text) => {
      if (!text.includes('last')) throw new Error('no space left')
      written.push(text)
    },
  )
  log.write(failed('first'))
  await until(() => errors.length === 1)
  log.write(failed('second'))
  await turn()
  log.write(failed('last'))
  await until(() => written.length === 1)
  await turn()
  expect(errors).toEqual([new Error('no space left'), 'recovered after 2'])
})
