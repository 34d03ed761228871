import JsSIP from 'jssip'
import { WebSocket } from 'ws'

/** What JsSIP calls its socket; it takes any object of this shape. */
interface JssipSocket {
  via_transport: string
  readonly url: string
  readonly sip_uri: string
  connect(): void
  disconnect(): void
  isConnected(): boolean
  isConnecting(): boolean
  send(message: string): boolean
  onconnect(): void
  ondisconnect(error: boolean, code?: number, reason?: string): void
  ondata(data: string): void
}

export interface JssipPhone {
  ua: InstanceType<typeof JsSIP.UA>
  /** What came over the socket. */
  received: string[]
  sent: string[]
  stop(): void
}

/** JsSIP itself, as a page has it, but for the browser's own WebSocket; without media. */
export function startJssip(url: string, user: string, password: string): JssipPhone {
  const received: string[] = []
  const sent: string[] = []
  let ws: WebSocket | undefined
  const socket: JssipSocket = {
    via_transport: 'WS',
    url,
    sip_uri: 'sip:127.0.0.1;transport=ws',
    connect() {
      ws = new WebSocket(url, 'sip')
      ws.on('open', () => socket.onconnect())
      ws.on('error', () => {}) // `close` follows
      ws.on('close', (code, reason) => socket.ondisconnect(code !== 1000, code, String(reason)))
      ws.on('message', (data) => {
        const message = String(data)
        received.push(message)
        // To take a call, JsSIP needs a window and WebRTC.
        if (message.startsWith('INVITE ')) socket.send(busyAnswer(message))
        else if (!message.startsWith('ACK ')) socket.ondata(message)
      })
    },
    disconnect: () => ws?.close(),
    isConnected: () => ws?.readyState === WebSocket.OPEN,
    isConnecting: () => ws?.readyState === WebSocket.CONNECTING,
    send(message) {
      sent.push(message)
      ws?.send(message)
      return true
    },
    onconnect() {},
    ondisconnect() {},
    ondata() {},
  }
  // Its types ask for the browser's own class.
  const sockets = [socket] as unknown as InstanceType<typeof JsSIP.WebSocketInterface>[]
  const ua = new JsSIP.UA({ sockets, uri: `sip:${user}@127.0.0.1`, password, session_timers: false })
  ua.start()
  return { ua, received, sent, stop: () => ua.stop() }
}

function busyAnswer(invite: string): string {
  const copied = invite.split('\r\n').filter((line) => /^(?:Via|From|To|Call-ID|CSeq):/.test(line))
  const lines = copied.map((line) => (line.startsWith('To:') ? `${line};tag=busy` : line))
  return ['SIP/2.0 486 Busy Here', ...lines, 'Content-Length: 0', '', ''].join('\r\n')
}
