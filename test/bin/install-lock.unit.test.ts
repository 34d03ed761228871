import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withInstallLock } from '../../bin/install-lock.mjs'

const source = pathToFileURL(join(import.meta.dirname, '..', '..', 'bin', 'install-lock.mjs')).href
let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'install-lock-'))
  path = join(folder, 'lock')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Another process that works with the lock for a while, and reports when it begins and ends. */
function startOther(ms: number) {
  const program = `
    import { appendFileSync } from 'node:fs'
    import { withInstallLock } from ${JSON.stringify(source)}
    const note = (what) => appendFileSync(${JSON.stringify(join(folder, 'notes'))}, what + process.pid + ' ')
    await withInstallLock(${JSON.stringify(path)}, async () => {
      note('+')
      console.log('works')
      await new Promise((resolve) => setTimeout(resolve, ${ms}))
      note('-')
    })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program])
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const works = new Promise((resolve) => child.stdout.once('data', resolve))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return { child, works, ended, errors: () => errors }
}

test('several processes work one after the other, and those that wait have a line on stderr', async () => {
  const others = [startOther(200), startOther(200), startOther(200)]
  expect(await Promise.all(others.map(({ ended }) => ended))).toEqual([0, 0, 0])
  const notes = readFileSync(join(folder, 'notes'), 'utf8').trim().split(' ')
  expect(notes).toHaveLength(6)
  for (let n = 0; n < 6; n += 2) expect(notes[n + 1]).toBe(notes[n]?.replace('+', '-'))
  const waited = others.map(({ errors }) => errors()).filter((text) => text !== '')
  expect(waited.length).toBeGreaterThanOrEqual(2)
  for (const text of waited)
    expect(text).toMatch(/^process \d* ?installs the npm packages: waiting for it .*\n$/)
  expect(existsSync(path)).toBe(false)
})

test('the lock of a process that was killed is taken over', async () => {
  const other = startOther(60_000)
  await other.works
  const lines: string[] = []
  const mine = withInstallLock(
    path,
    async () => readFileSync(path, 'utf8'),
    (line) => void lines.push(line),
  )
  await expect.poll(() => lines.length).toBe(1)
  expect(lines[0]).toContain(`process ${other.child.pid} installs`)
  other.child.kill('SIGKILL')
  expect(await mine).toBe(`${process.pid}\n`)
  expect(existsSync(path)).toBe(false)
})

test('a lock of our own pid is of an earlier container', async () => {
  writeFileSync(path, `${process.pid}\n`)
  expect(await withInstallLock(path, async () => 'done')).toBe('done')
})

test('the lock is released when the work fails, and none is needed where none can be made', async () => {
  const failing = withInstallLock(path, () => Promise.reject(new Error('no network')))
  await expect(failing).rejects.toThrow('no network')
  expect(existsSync(path)).toBe(false)
  expect(await withInstallLock(join(folder, 'none', 'lock'), async () => 'done')).toBe('done')
})
