import { WebSocket } from 'ws'
import type { Frame } from '../api/http/voip/socket-fixture.ts'
import type { Stack } from './stack.ts'

export interface VoipSocketClient {
  send(message: object): void
  /** The next frame of a type. */
  next(type: string): Promise<Frame>
  /** The code it was closed with. */
  closed: Promise<number>
  close(): void
}

/**
 * Opens the socket of an extension at a whole stack, as a browser would: the token beside a subprotocol.
 * @throws {Error} with the status, where it is refused
 */
export async function openVoipSocket(
  { url }: Pick<Stack, 'url'>,
  extension: string,
  token: string | undefined,
  query = '',
): Promise<VoipSocketClient> {
  const address = `${url.replace('http', 'ws')}/ws?extension=${extension}&${query}`
  const ws = new WebSocket(address, token === undefined ? [] : ['bearer', token], { origin: url })
  const unread: Frame[] = []
  let wake = () => {}
  ws.on('message', (data) => {
    unread.push(JSON.parse(String(data)))
    wake()
  })
  const closed = new Promise<number>((resolve) => {
    ws.once('close', (code) => {
      resolve(code)
      wake()
    })
  })
  async function next(type: string): Promise<Frame> {
    for (;;) {
      const at = unread.findIndex((frame) => frame.type === type)
      if (at >= 0) return unread.splice(at, 1)[0] as Frame // there is one at `at`
      if (ws.readyState > WebSocket.OPEN) throw new Error(`closed while waiting for ${type}`)
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  await new Promise<void>((resolve, reject) => {
    ws.once('open', resolve)
    ws.once('error', reject)
  })
  await next('welcome')
  return { send: (message) => ws.send(JSON.stringify(message)), next, closed, close: () => ws.close() }
}
