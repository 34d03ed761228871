import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, renameSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { project } from '../support/build.ts'
import { login, mediaStatus, requestJson } from '../support/http-client.ts'
import { type Stack, startStack, waitUntil } from '../support/stack.ts'

/** The snippet's sections: the files, and what is done about them. */
const sections = [
  ...readFileSync(join(project, 'docs', 'logrotate', 'hookswitch'), 'utf8').matchAll(
    /((?:^\/\S+\n)*^\/\S+) \{\n([^}]*)\}/gm,
  ),
].map(([, files = '', body = '']) => ({ files: files.split('\n'), body }))

let stack: Stack
beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack.stop())

const here = (text: string) => text.replaceAll('/var/lib/hookswitch', stack.data)
const sectionOf = (name: string) => {
  const found = sections.find(({ files }) => files.some((file) => file.endsWith(`/${name}`)))
  if (found === undefined) throw new Error(`nobody rotates ${name}`)
  return found
}

test('every log of a stack is rotated, and nothing that is none', async () => {
  await login(stack)
  await mediaStatus(stack, '1001/hello.wav')
  const log = join(stack.data, 'log')
  await waitUntil('security.log is there', () => existsSync(join(log, 'security.log')))
  const there = readdirSync(log).map((name) => join(log, name))
  const rotated = sections.flatMap(({ files }) => files.map(here))
  expect(rotated.sort()).toEqual(there.sort())
})

test('the signal of logrotate makes nginx open a new access log, and no request is lost', async () => {
  const { body } = sectionOf('access.log')
  const script = here(/postrotate\n(.*?)\n\s*endscript/s.exec(body)?.[1] ?? '')
  const path = join(stack.data, 'log', 'access.log')
  await mediaStatus(stack, 'before')
  await waitUntil('the first is logged', () => readFileSync(path, 'utf8').includes('/media/before'))

  renameSync(path, `${path}.1`)
  await mediaStatus(stack, 'between')
  execFileSync('sh', ['-c', script])
  await waitUntil('there is a new log', () => existsSync(path))
  await mediaStatus(stack, 'after')
  await waitUntil('the last is logged', () => readFileSync(path, 'utf8').includes('/media/after'))

  expect(readFileSync(`${path}.1`, 'utf8')).toContain('/media/between')
  expect(statSync(path).mode & 0o077).toBe(0)
})

test.each(['api.log', 'nginx.log', 'redis.log', 'sidecar.log', 'stream-1.log'])(
  '%s is copied and emptied, as its writer goes on appending',
  (name) => {
    expect(sectionOf(name).body).toContain('copytruncate')
  },
)

test('an emptied log of a process goes on from its beginning', async () => {
  const path = join(stack.data, 'log', 'sidecar.log')
  await mediaStatus(stack, 'first')
  await waitUntil('something is logged', () => statSync(path).size > 0)
  truncateSync(path)
  await mediaStatus(stack, 'second')
  await waitUntil('something is logged again', () => statSync(path).size > 0)
  expect(readFileSync(path, 'latin1').charAt(0)).toBe('{')
})

test('the security log needs no signal: what follows a move is in a new file', async () => {
  expect(sectionOf('security.log').body).not.toMatch(/postrotate|copytruncate/)
  const path = join(stack.data, 'log', 'security.log')
  renameSync(path, `${path}.1`)
  await requestJson(`${stack.base}/auth/login`, { json: { username: 'user1', password: 'wrong' } })
  await waitUntil(
    'it is there again',
    () => existsSync(path) && readFileSync(path, 'utf8').includes('AUTH_FAILED'),
  )
  expect(statSync(path).mode & 0o077).toBe(0)
})
