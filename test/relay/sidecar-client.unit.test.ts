import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectSidecar } from '../../relay/sidecar-client.ts'

let path = ''
let server: Server | undefined
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'hs-sidecar-')), 'sidecar.sock')
})
afterEach(async () => {
  server?.closeAllConnections()
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)))
  server = undefined
  rmSync(join(path, '..'), { recursive: true, force: true })
})

/** @returns the reason that the relay gets, and the path that it requested */
async function reasonFor(status: number, body: string) {
  let requested = ''
  const started = createServer((req, res) => {
    requested = req.url ?? ''
    res.writeHead(status).end(body)
  })
  server = started
  await new Promise<void>((resolve) => started.listen(path, resolve))
  const sidecar = connectSidecar(path)
  const reason = await sidecar.endReasonOf('a1')
  await sidecar.close()
  return { reason, requested }
}

describe('sidecar client', () => {
  it.each(['signed_out', 'replaced'])('returns why a stream was cut: %s', async (reason) => {
    expect(await reasonFor(200, reason)).toEqual({ reason, requested: '/stream-end-reasons/a1' })
  })

  it.each([
    [404, '404 Not Found'],
    [200, 'another reason'],
    [200, ''],
    [503, 'signed_out'],
  ])('returns undefined for status %i and "%s"', async (status, body) => {
    expect((await reasonFor(status, body)).reason).toBeUndefined()
  })

  it('returns undefined when the sidecar is not running', async () => {
    const sidecar = connectSidecar(path)
    expect(await sidecar.endReasonOf('a1')).toBeUndefined()
    await sidecar.close()
  })
})
