import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connectInstance, type NchanInstance } from '../../sidecar/nchan-instance.ts'

let folder: string
let socket: string
let server: Server | undefined
let instance: NchanInstance
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hs-'))
  socket = join(folder, 'publish-1.sock')
  instance = connectInstance(socket)
})
afterEach(async () => {
  await end()
  await instance.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Starts a server in place of the instance, which answers every request with this text. */
async function start(text: string, status = 200): Promise<void> {
  const started = createServer((_, res) => res.writeHead(status).end(text))
  server = started
  await new Promise<void>((resolve) => started.listen(socket, resolve))
}
async function end(): Promise<void> {
  const ending = server
  server = undefined
  if (ending === undefined) return
  ending.closeAllConnections()
  await new Promise((resolve) => ending.close(resolve))
}

describe('the incarnation of an instance', () => {
  test('stays the same while it runs', async () => {
    await start('1')
    const incarnation = await instance.incarnation()
    expect(incarnation).toBeDefined()
    await sleep(20)
    expect(await instance.incarnation()).toBe(incarnation)
  })

  test('changes with a restart, although each process has the same id in a container', async () => {
    await start('1')
    const incarnation = await instance.incarnation()
    await end()
    await sleep(20)
    await start('1')
    const next = await instance.incarnation()
    expect(next).toBeDefined()
    expect(next).not.toBe(incarnation)
  })

  test('is undefined if it does not answer or refuses', async () => {
    expect(await instance.incarnation()).toBeUndefined()
    await start('1', 503)
    expect(await instance.incarnation()).toBeUndefined()
  })
})

test.each([
  [200, 'cut'],
  [404, 'no_subscribers'],
  [500, 'unreachable'],
])('cut returns for a DELETE that is answered %i: %s', async (status, result) => {
  await start('', status)
  expect(await instance.cut('conn/a')).toBe(result)
})

test.each([
  ['its channel information', 200, '{"messages":1,"subscribers":3}', 3],
  ['no such channel', 404, 'not found', 0],
  ['something else', 200, 'a page', undefined],
  ['an error', 500, '{"subscribers":0}', undefined],
])('subscribers parses %s', async (_, status, text, subscribers) => {
  await start(text, status)
  expect(await instance.subscribers('conn/a')).toBe(subscribers)
})
