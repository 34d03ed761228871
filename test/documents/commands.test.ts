import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { whyAsteriskUnavailable } from '../support/asterisk.ts'
import { project } from '../support/build.ts'
import type { Stack } from '../support/stack.ts'
import { type Block, blocksOf, NOT_RUN, readDocument } from './blocks.ts'
import { startDemo } from './demo.ts'
import { RUN, STARTED_BY } from './run.ts'

const missing = await whyAsteriskUnavailable()
const title = `documents against a demo${missing === undefined ? '' : ` (skipped: ${missing})`}`

/** What `text` stands for, where `…` is any part of a line. */
const patternOf = (output: string) =>
  new RegExp(
    `^${output
      .split('…')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  )

const runnable = (path: string) =>
  blocksOf(readDocument(path)).filter(
    ({ language, text, before }) => language === 'sh' && !before.startsWith(NOT_RUN) && !STARTED_BY.has(text),
  )

describe.skipIf(missing !== undefined)(title, () => {
  let stack: Stack
  const folder = mkdtempSync(join(tmpdir(), 'hs-documents-'))
  beforeAll(async () => {
    stack = await startDemo()
  })
  afterAll(async () => {
    await stack?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Runs blocks in one shell; stops at the first command that fails. @returns what each block printed */
  async function run(name: string, blocks: readonly Block[]) {
    const outputOf = (index: number) => join(folder, `${name}.${index}`)
    const script = blocks.map((block, index) => `exec >'${outputOf(index)}'\n${block.text}`).join('\n')
    const file = join(folder, `${name}.sh`)
    writeFileSync(file, `set -eo pipefail\n${script.replaceAll('http://127.0.0.1:8080', stack.url)}\n`)
    const child = spawn('bash', [file], {
      cwd: project,
      env: { ...process.env, HOOKSWITCH_DATA: stack.data, XDG_CACHE_HOME: folder },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 50_000,
    })
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    const [code, errors] = await Promise.all([ended, text(child.stderr)])
    return {
      code,
      errors,
      outputs: blocks.map((_, at) => (existsSync(outputOf(at)) ? readFileSync(outputOf(at), 'utf8') : '')),
    }
  }

  test.each(RUN)('every command of %s works as it is written, and prints what is shown', async (path) => {
    const blocks = runnable(path)
    const { code, errors, outputs } = await run(path.replaceAll('/', '-'), blocks)
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    for (const [index, { output, line }] of blocks.entries()) {
      if (output !== undefined) expect(outputs[index]?.trimEnd(), `line ${line}`).toMatch(patternOf(output))
    }
  })

  test('a command that fails, and one that prints something else, are noticed', async () => {
    const blocks = blocksOf('```sh\necho 12 ab\n```\n\n```sh\nfalse | true\necho on\n```\n')
    const { code, outputs } = await run('failing', blocks)
    expect({ code, outputs }).toEqual({ code: 1, outputs: ['12 ab\n', ''] })
    expect('12 ab').toMatch(patternOf('1… ab'))
    expect('12 abc').not.toMatch(patternOf('1… ab'))
  })
})
