import {
  type ClientRequest,
  createServer,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

/** A way to the console that can be cut, and that can have a newer build than the server. */
export interface ConsoleWay {
  url: string
  /** All connections break, and new ones are refused. */
  cut(): void
  restore(): void
  /** From now on the page and its worker are those of another build; all other files are the server’s. */
  deploy(build: string): void
  stop(): Promise<void>
}

/** Files that hold the name of the build. */
const NAMED = /^\/console\/(?:service-worker\.js|index\.html)?$|^\/console\/(?!assets|icons)[a-z]+$/

/** @param url of the server, by http */
export async function openConsoleWay(url: string): Promise<ConsoleWay> {
  const { hostname, port } = new URL(url)
  const sockets = new Set<Socket>()
  let isCut = false
  let deployed: string | undefined
  const own = (await (await fetch(`${url}/console/`)).text()).match(/name="build" content="(\w+)"/)?.[1] ?? ''

  const forward = ({ method, url: path, headers }: IncomingMessage): ClientRequest =>
    request({ hostname, port, ...(method && { method }), ...(path && { path }), headers })
  function answer(near: IncomingMessage, out: ServerResponse) {
    const isNamed = deployed !== undefined && NAMED.test(near.url ?? '')
    if (isNamed) {
      delete near.headers['if-none-match']
      delete near.headers['if-modified-since']
    }
    const far = forward(near)
    far.on('error', () => out.destroy())
    far.on('response', async (answer) => {
      if (!isNamed) {
        out.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(out)
        return
      }
      const { 'content-length': _, etag: __, ...rest } = answer.headers
      const text = Buffer.concat(await answer.toArray()).toString()
      out.writeHead(answer.statusCode ?? 502, rest).end(text.replaceAll(own, deployed ?? own))
    })
    near.pipe(far)
  }
  const server = createServer(answer)
  server.on('connection', (socket) => {
    if (isCut) socket.destroy()
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('upgrade', (near, socket: Socket, head) => {
    const far = connect(Number(port), hostname)
    const lines = near.rawHeaders.flatMap((name, index, all) =>
      index % 2 ? [] : [`${name}: ${all[index + 1]}`],
    )
    far.write([`${near.method} ${near.url} HTTP/1.1`, ...lines, '', ''].join('\r\n'))
    far.write(head)
    far.pipe(socket).pipe(far)
    for (const [one, other] of [
      [far, socket],
      [socket, far],
    ] as const)
      one.on('error', () => other.destroy()).on('close', () => other.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const breakAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    // A server that listens has an address of this type.
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      isCut = true
      breakAll()
    },
    restore() {
      isCut = false
    },
    deploy(build) {
      deployed = build
    },
    async stop() {
      breakAll()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
