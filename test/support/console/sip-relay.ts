import { randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'

/** A stand-in for the way of SIP through Hookswitch: one-use tickets, keep-alives, and a network that can fail. */
export interface SipRelay {
  /** Path and query go to the relay: `ws://127.0.0.1:…/socket`. */
  readonly url: string
  issueTicket(): string
  /** Connections accepted so far, each with a ticket of its own. */
  connections(): number
  isOpen(): boolean
  /** The network is gone: connections break, and new ones are refused. */
  cut(): void
  restore(): void
  /** Connections stay open and carry nothing; new ones work. */
  freeze(): void
  /** Closes all connections with a code, as Hookswitch would. */
  close(code: number): void
  /** SIP that browsers have sent, newest last. */
  sent(): readonly string[]
  /** SIP that the PBX has sent to browsers. */
  received(): readonly string[]
  stop(): Promise<void>
}

/** @param target the WebSocket of a PBX */
export async function startSipRelay(target: string): Promise<SipRelay> {
  const tickets = new Set<string>()
  const pairs = new Set<{ browser: WebSocket; pbx: WebSocket; isFrozen: boolean }>()
  const sent: string[] = []
  const received: string[] = []
  let count = 0
  let isCut = false
  const server: Server = createServer((_, res) => void res.writeHead(404).end())
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'sip' })
  server.on('upgrade', (request, socket, head) => {
    const ticket = new URL(request.url ?? '', 'ws://relay').searchParams.get('ticket') ?? ''
    if (isCut || !tickets.delete(ticket)) socket.destroy()
    else sockets.handleUpgrade(request, socket, head, (browser) => join(browser))
  })

  function join(browser: WebSocket) {
    count += 1
    const pbx = new WebSocket(target, 'sip')
    const pair = { browser, pbx, isFrozen: false }
    pairs.add(pair)
    const early: string[] = []
    pbx.on('open', () => {
      for (const text of early.splice(0)) pbx.send(text)
    })
    browser.on('message', (data) => {
      const text = String(data)
      if (pair.isFrozen || /^(\r\n)+$/.test(text)) return
      sent.push(text)
      if (pbx.readyState === WebSocket.OPEN) pbx.send(text)
      else early.push(text)
    })
    pbx.on('message', (data) => {
      received.push(String(data))
      if (!pair.isFrozen) browser.send(String(data))
    })
    const end = () => {
      pairs.delete(pair)
      pbx.terminate()
      browser.close()
    }
    browser.on('close', end).on('error', end)
    pbx.on('close', end).on('error', end)
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens has an address of this type.
  const { port } = server.address() as AddressInfo
  const breakAll = () => {
    for (const { browser, pbx } of pairs) {
      browser.terminate()
      pbx.terminate()
    }
  }
  return {
    url: `ws://127.0.0.1:${port}/socket`,
    issueTicket() {
      const ticket = randomUUID()
      tickets.add(ticket)
      return ticket
    },
    connections: () => count,
    isOpen: () =>
      [...pairs].some(({ browser, isFrozen }) => browser.readyState === WebSocket.OPEN && !isFrozen),
    cut() {
      isCut = true
      breakAll()
    },
    restore() {
      isCut = false
    },
    freeze() {
      for (const pair of pairs) pair.isFrozen = true
    },
    close(code) {
      for (const { browser } of pairs) browser.close(code)
    },
    sent: () => sent,
    received: () => received,
    async stop() {
      breakAll()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
