import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { type ProcessSpec, startSupervised } from '../../../bin/stack/supervisor.ts'
import { waitUntil } from '../../support/stack.ts'

const folder = mkdtempSync(join(tmpdir(), 'child-'))
const cleanups: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })]
afterEach(async () => {
  for (const cleanup of cleanups.splice(1).reverse()) await cleanup()
})

const program = (code: string, more: Partial<ProcessSpec> = {}): ProcessSpec => ({
  name: 'one',
  command: process.execPath,
  args: ['--eval', code],
  env: process.env,
  cwd: folder,
  ready: async () => true,
  ...more,
})

function start(spec: ProcessSpec) {
  const said: string[] = []
  const stopping = new AbortController()
  let gaveUp = 0
  const child = startSupervised(spec, {
    run: folder,
    logFolder: folder,
    log: (line) => said.push(line),
    stopping: stopping.signal,
    onFatalExit: () => {
      gaveUp += 1
    },
  })
  child.then(
    (one) => cleanups.push(() => one.stop()),
    () => {},
  )
  return { child, said, stopping, gaveUp: () => gaveUp }
}

describe('a program of the stack', () => {
  test('that ends with 78 is not started again: its settings or its database are wrong', async () => {
    const { child, said, gaveUp } = start(
      program("setTimeout(() => { console.error('one: a newer version'); process.exit(78) }, 200)"),
    )
    await child
    await waitUntil('it is given up', () => gaveUp() === 1)
    expect(said).toEqual(['one cannot go on: one: a newer version'])
  })

  test('that ends with 1 is started again', async () => {
    const { child, said, gaveUp } = start(program('setTimeout(() => process.exit(1), 100)'))
    await child
    await waitUntil('it is started again', () => said.length >= 2)
    expect(gaveUp()).toBe(0)
  })

  test('that is not ready yet when all are to stop is killed, and none is started after that', async () => {
    const asked = start(
      program('setInterval(() => {}, 1_000)', {
        ready: async () => {
          asked.stopping.abort()
          return false
        },
      }),
    )
    await expect(asked.child).rejects.toThrow(/could not start: SIGKILL/)
    await expect(
      startSupervised(program(''), {
        run: folder,
        logFolder: folder,
        log: () => {},
        stopping: asked.stopping.signal,
      }),
    ).rejects.toThrow(/asked to stop/)
  })
})
