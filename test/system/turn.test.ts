import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildIceServers, type IceServer } from '../../api/core/provisioning/ice-servers.ts'
import { type Browser, startBrowser, whyBrowserUnavailable } from '../support/browser.ts'
import { type Coturn, startCoturn, whyCoturnUnavailable } from '../support/coturn.ts'

const missing = (await whyCoturnUnavailable()) ?? (await whyBrowserUnavailable())
const title = missing === undefined ? 'lent TURN credentials' : `lent TURN credentials (skipped: ${missing})`

const SECRET = 'shared with coturn'

/** Two peers of one page, which may use relayed addresses alone; what both saw, once one has got the other's message. */
const MEET = `async (iceServers, waitMs) => {
  const peers = [0, 1].map(() => new RTCPeerConnection({ iceServers, iceTransportPolicy: 'relay' }))
  const candidates = []
  const errors = []
  for (const peer of peers) {
    peer.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate?.type) candidates.push(candidate.type)
    })
    peer.addEventListener('icecandidateerror', ({ errorCode }) => errors.push(errorCode))
  }
  const gathered = (peer) => new Promise((resolve) => {
    const check = () => peer.iceGatheringState === 'complete' && resolve()
    peer.addEventListener('icegatheringstatechange', check)
    check()
  })
  const [one, other] = peers
  const channel = one.createDataChannel('x')
  channel.onopen = () => channel.send('through the relay')
  const message = new Promise((resolve) => {
    other.ondatachannel = (event) => { event.channel.onmessage = ({ data }) => resolve(data) }
    setTimeout(resolve, waitMs)
  })
  await one.setLocalDescription()
  await gathered(one)
  await other.setRemoteDescription(one.localDescription)
  await other.setLocalDescription()
  await gathered(other)
  await one.setRemoteDescription(other.localDescription)
  // Without an address there is nothing to wait for.
  const text = candidates.length === 0 ? undefined : await message
  const seen = { message: text, candidates: [...new Set(candidates)], errors: [...new Set(errors)] }
  for (const peer of peers) peer.close()
  return seen
}`

interface Seen {
  message?: string
  candidates: string[]
  errors: number[]
}

describe.skipIf(missing !== undefined)(title, () => {
  let coturn: Coturn
  let strict: Coturn
  let browser: Browser
  beforeAll(async () => {
    const started = [true, false].map((allowLoopback) => startCoturn({ secret: SECRET, allowLoopback }))
    ;[coturn, strict] = (await Promise.all(started)) as [Coturn, Coturn] // as many as booleans
    // A machine without a network has no other address.
    browser = await startBrowser({ args: ['--allow-loopback-in-peer-connection'] })
    await browser.open('data:text/html,')
  })
  afterAll(async () => {
    await browser?.stop()
    await Promise.all([coturn?.stop(), strict?.stop()])
  })

  const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds
  const lend = (
    { url }: Coturn,
    { expiresAt = inSeconds(60), turnSecret = SECRET }: { expiresAt?: number; turnSecret?: string } = {},
  ) => buildIceServers({ stunUrls: [], turnUrls: [url], turnSecret }, { userId: 'user-1', expiresAt })
  const meet = (servers: readonly IceServer[], waitMs: number) =>
    browser.evaluate<Seen>(`(${MEET})(${JSON.stringify(servers)}, ${waitMs})`)

  test('relay a message between two browsers that have no other way', async () => {
    const { message, candidates } = await meet(lend(coturn), 20_000)
    expect({ message, candidates }).toEqual({ message: 'through the relay', candidates: ['relay'] })
  })

  const altered = (change: (server: IceServer) => IceServer) => () => lend(coturn).map(change)
  test.each<[string, () => IceServer[]]>([
    ['that have expired', () => lend(coturn, { expiresAt: inSeconds(-1) })],
    ['signed with another secret', () => lend(coturn, { turnSecret: 'another' })],
    ['whose end was put off', altered((server) => ({ ...server, username: `${inSeconds(3_600)}:user-1` }))],
    [
      'with the name of another user',
      altered((server) => ({ ...server, username: `${server.username?.split(':')[0]}:user-2` })),
    ],
    ['with a password of nothing', altered((server) => ({ ...server, credential: 'x' }))],
  ])('%s get no relayed address', async (_, servers) => {
    const { message, candidates, errors } = await meet(servers(), 5_000)
    expect({ message, candidates }).toEqual({ message: undefined, candidates: [] })
    // Refused by coturn, and not merely late.
    expect(errors).toEqual([401])
  })

  test('as docs/coturn has it, coturn relays nothing to this machine', async () => {
    const { message, candidates } = await meet(lend(strict), 5_000)
    expect({ message, candidates }).toEqual({ message: undefined, candidates: ['relay'] })
    expect(strict.log()).toMatch(/forbidden|denied/i)
  })
})
