import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createUnixHttpClient, type UnixHttpClient } from '../../runtime/unix-http-client.ts'

let path = ''
let server: Server | undefined
let client: UnixHttpClient
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'hs-unix-')), 'x.sock')
  client = createUnixHttpClient(path, { connections: 2, timeoutMs: 200, headers: { Accept: 'text/json' } })
})
afterEach(async () => {
  await client.close()
  server?.closeAllConnections()
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)))
  server = undefined
  rmSync(join(path, '..'), { recursive: true, force: true })
})

async function listen(listener: RequestListener) {
  const started = createServer(listener)
  server = started
  await new Promise<void>((resolve) => started.listen(path, resolve))
}

describe('createUnixHttpClient', () => {
  it('sends method, path and headers, and returns status and body', async () => {
    await listen((req, res) => res.writeHead(404).end(`${req.method} ${req.url} ${req.headers.accept}`))
    expect(await client.request('DELETE', '/channel/a')).toEqual({
      status: 404,
      body: 'DELETE /channel/a text/json',
    })
  })

  it('throws when no process listens', async () => {
    await expect(client.request('GET', '/')).rejects.toThrow()
  })

  it('throws when the response does not come in time', async () => {
    await listen(() => {})
    await expect(client.request('GET', '/')).rejects.toThrow()
  })

  it('throws when its signal is aborted', async () => {
    await listen(() => {})
    const aborting = new AbortController()
    setTimeout(() => aborting.abort(new Error('stopped')), 5)
    await expect(client.request('GET', '/', aborting.signal)).rejects.toThrow('stopped')
  })
})
