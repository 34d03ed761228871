import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { login } from '../../support/http-client.ts'
import { type Stack, startStack } from '../../support/stack.ts'

/** nginx caches open files; it checks a cached one again after this long, rounded up to its clock. */
const NOTICED_MS = 2_100

let stack: Stack
let token: string
beforeAll(async () => {
  stack = await startStack()
  token = (await login(stack)).access
})
afterAll(() => stack.stop())

const inFolder = (name: string) => join(stack.data, 'media', '1001', name)
async function read(name: string) {
  const res = await fetch(`${stack.url}/media/1001/${name}`, {
    headers: { Authorization: `Bearer ${token}` },
  })
  return { status: res.status, text: await res.text() }
}

test('a file that is replaced by a link to another user’s file never shows that file', async () => {
  writeFileSync(join(stack.data, 'media', '1002', 'secret.txt'), 'a secret of 1002')
  writeFileSync(inFolder('mine.txt'), 'mine')
  expect(await read('mine.txt')).toEqual({ status: 200, text: 'mine' })

  rmSync(inFolder('mine.txt'))
  symlinkSync('../1002/secret.txt', inFolder('mine.txt'))
  const until = performance.now() + NOTICED_MS
  while (performance.now() < until) {
    expect((await read('mine.txt')).text).not.toContain('secret')
    await sleep(20)
  }
  expect((await read('mine.txt')).status).toBe(403)
})

test('a file that is replaced or removed is noticed', async () => {
  writeFileSync(inFolder('call.txt'), 'the first')
  expect((await read('call.txt')).text).toBe('the first')

  writeFileSync(inFolder('call.new'), 'the second, which is longer')
  renameSync(inFolder('call.new'), inFolder('call.txt'))
  await sleep(NOTICED_MS)
  expect((await read('call.txt')).text).toBe('the second, which is longer')

  rmSync(inFolder('call.txt'))
  await sleep(NOTICED_MS)
  expect((await read('call.txt')).status).toBe(404)
})

test('a file that grows is read to its new end', async () => {
  writeFileSync(inFolder('growing.txt'), 'begun')
  expect((await read('growing.txt')).text).toBe('begun')
  writeFileSync(inFolder('growing.txt'), 'begun, and ended')
  await sleep(NOTICED_MS)
  expect((await read('growing.txt')).text).toBe('begun, and ended')
})
