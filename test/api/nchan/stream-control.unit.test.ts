import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSidecarWatchdog } from '../../../api/core/auth/sidecar-watchdog.ts'
import { createStreamControl } from '../../../api/nchan/stream-control.ts'
import { startInterval } from '../../../runtime/interval.ts'
import { createLog } from '../../../runtime/log.ts'

let folder: string
const servers: Server[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stream-control-'))
})
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  rmSync(folder, { recursive: true })
})

/** A real HTTP server on a Unix socket. */
async function serve(name: string, listener: RequestListener): Promise<string> {
  const path = join(folder, name)
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return path
}
const GATE = '0123456789abcdef0123456789abcdef'
const OTHER_GATE = GATE.replaceAll('0', 'f')

test('streams of a hanging sidecar are closed at every instance, also at one that hung or starts later', async () => {
  let isHung = false
  const sidecar = await serve('sidecar.sock', (req, res) => {
    if (isHung) return // accepted, read and never answered
    res.statusCode = req.url === '/health' ? 200 : 404
    res.end('{"status":"ok"}')
  })
  writeFileSync(`${sidecar}.cohort`, GATE)
  const requests: string[] = []
  const instanceThat = (name: string, status: () => number | undefined) =>
    serve(name, (req, res) => {
      requests.push(`${name} ${req.method} ${req.url}`)
      const code = status()
      if (code !== undefined) res.writeHead(code).end()
    })
  let isFound = false
  const [good, late] = [
    await instanceThat('good.sock', () => 200),
    await instanceThat('late.sock', () => (isFound ? 200 : 404)),
  ]
  const absent = join(folder, 'absent.sock')
  const hanging = await instanceThat('hanging.sock', () => undefined)

  const instances = [good, late, absent, hanging]
  const streamControl = createStreamControl([sidecar], instances)
  const events: string[] = []
  const log = createLog('test', 'info', { write: (line) => void events.push(JSON.parse(line).event) })
  const monotonic = () => performance.now()
  const watchdog = createSidecarWatchdog({ sidecars: [sidecar], instances, ...streamControl, monotonic, log })
  const failed: unknown[] = []
  const chore = startInterval(
    250,
    async () => watchdog.tick(),
    (err) => failed.push(err),
  )
  const of = (name: string) => requests.filter((line) => line === `${name} DELETE /channel/cohort/${GATE}`)
  try {
    await new Promise((resolve) => setTimeout(resolve, 600))
    isHung = true
    const since = performance.now()
    await expect.poll(() => of('good.sock').length, { timeout: 8_000 }).toBe(1)
    expect(performance.now() - since).toBeGreaterThan(1_500)
    await expect.poll(() => of('late.sock').length, { timeout: 8_000 }).toBeGreaterThan(2)
    isFound = true
    await instanceThat('absent.sock', () => 200)
    await expect.poll(() => of('absent.sock').length, { timeout: 8_000 }).toBe(1)
    await expect.poll(() => of('hanging.sock').length, { timeout: 8_000 }).toBeGreaterThan(1)
    expect(of('good.sock')).toHaveLength(1)
    expect(events).toEqual(['sidecar_silent'])
    isHung = false
    await expect.poll(() => events, { timeout: 8_000 }).toEqual(['sidecar_silent', 'sidecar_back'])
    expect(failed).toEqual([])
    expect(requests.filter((line) => !line.endsWith(`DELETE /channel/cohort/${GATE}`))).toEqual([])
  } finally {
    chore.stop()
    await streamControl.close()
  }
})

describe('a sidecar', () => {
  const answersOf = async (sidecar: string) => {
    const streamControl = createStreamControl([sidecar], [])
    const since = performance.now()
    const isThere = await streamControl.isResponding(sidecar)
    await streamControl.close()
    return { isThere, ms: performance.now() - since }
  }

  test('that answers is responding', async () => {
    expect(await answersOf(await serve('s.sock', (_, res) => void res.end()))).toMatchObject({
      isThere: true,
    })
  })

  test.each<[string, RequestListener]>([
    ['hangs', () => {}],
    ['closes the connection', (req) => void req.socket.destroy()],
    ['answers 500', (_, res) => void res.writeHead(500).end()],
  ])('that %s is not responding, within the timeout', async (_, listener) => {
    const { isThere, ms } = await answersOf(await serve('s.sock', listener))
    expect(isThere).toBe(false)
    expect(ms).toBeLessThan(2_000)
  })

  test('that is not started is not responding', async () => {
    expect(await answersOf(join(folder, 'nothing.sock'))).toMatchObject({ isThere: false })
  })

  test('that answered while this process was blocked beyond the timeout is responding', async () => {
    const sidecar = await serve('s.sock', (_, res) => void res.end())
    const streamControl = createStreamControl([sidecar], [])
    await streamControl.isResponding(sidecar)
    const asked = streamControl.isResponding(sidecar)
    // The server is in this process: it has read the request, and its answer waits in the socket.
    await new Promise((resolve) => servers[0]?.once('request', resolve))
    const until = performance.now() + 1_000
    while (performance.now() < until);
    expect(await asked).toBe(true)
    await streamControl.close()
  })
})

test.each([
  ['as the sidecar writes it', GATE, GATE],
  ['another', OTHER_GATE, OTHER_GATE],
  ['half written', GATE.slice(0, 9), undefined],
  ['empty', '', undefined],
  ['that would form another path', `../${GATE.slice(3)}`, undefined],
  ['with more behind it', `${GATE}\n/x`, undefined],
])('the cohort file %s', async (_, text, expected) => {
  const sidecar = join(folder, 's.sock')
  const streamControl = createStreamControl([sidecar], [])
  expect(await streamControl.cohortOf(sidecar)).toBeUndefined()
  writeFileSync(`${sidecar}.cohort`, text)
  expect(await streamControl.cohortOf(sidecar)).toBe(expected)
  await streamControl.close()
})
