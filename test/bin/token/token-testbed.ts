import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { project } from '../../support/build.ts'

export interface CommandResult {
  code: number | null
  out: string
  err: string
}

/** A person's machine: a cache of their own, and no setting but those of a test. */
export interface TokenTestbed {
  cache: string
  run(args?: readonly string[], env?: Record<string, string>): Promise<CommandResult>
  /** The one kept file. */
  cachePath(): string
  cachedToken(): Record<string, unknown>
  /** Lets what is kept grow old: its token is at its end. */
  expireToken(): void
  remove(): void
}

export function createTokenTestbed(own: Record<string, string>): TokenTestbed {
  const home = mkdtempSync(join(tmpdir(), 'hs-desk-'))
  const cache = join(home, 'cache')
  const tokens = join(cache, 'hookswitch', 'tokens')
  const cachePath = () => {
    const name = readdirSync(tokens).find((one) => one.endsWith('.json'))
    if (name === undefined) throw new Error('nothing is kept')
    return join(tokens, name)
  }
  const cachedToken = () => JSON.parse(readFileSync(cachePath(), 'utf8'))
  return {
    cache,
    cachePath,
    cachedToken,
    run(args = [], env = {}) {
      const program = spawn(process.execPath, [join(project, 'dist', 'hookswitch.js'), 'token', ...args], {
        cwd: home,
        env: { PATH: process.env.PATH ?? '', HOME: home, XDG_CACHE_HOME: cache, ...own, ...env },
      })
      const said = { out: '', err: '' }
      program.stdout.setEncoding('utf8').on('data', (text) => (said.out += text))
      program.stderr.setEncoding('utf8').on('data', (text) => (said.err += text))
      return new Promise((resolve, reject) => {
        program.once('error', reject)
        program.once('close', (code) => resolve({ code, ...said }))
      })
    },
    expireToken() {
      const at = Math.floor(Date.now() / 1000)
      writeFileSync(cachePath(), JSON.stringify({ ...cachedToken(), obtainedAt: at - 890, endsAt: at + 10 }))
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  }
}

export interface RecordedRequest {
  path: string
  headers: IncomingMessage['headers']
  body: string
  at: number
}
export type RequestHandler = (asked: RecordedRequest, count: number) => ScriptedReply | 'hang' | 'reset'
export interface ScriptedReply {
  status?: number
  headers?: Record<string, string | string[]>
  body?: unknown
}

export interface ScriptedServer {
  port: number
  /** What was asked, in order. */
  requests: RecordedRequest[]
  close(): Promise<void>
}

/** A server with scripted answers, over TLS when given a certificate. */
export async function startScriptedServer(
  answer: RequestHandler,
  tls?: { key: string; cert: string },
): Promise<ScriptedServer> {
  const requests: RecordedRequest[] = []
  async function handle(req: IncomingMessage, res: ServerResponse) {
    let body = ''
    for await (const part of req) body += part
    const one = { path: req.url ?? '', headers: req.headers, body, at: performance.now() }
    requests.push(one)
    const reply = answer(one, requests.length)
    if (reply === 'hang') return
    if (reply === 'reset') {
      res.destroy()
      return
    }
    const isText = typeof reply.body === 'string'
    res.writeHead(reply.status ?? 200, {
      'Content-Type': isText ? 'text/html' : 'application/json',
      ...reply.headers,
    })
    res.end(isText ? reply.body : JSON.stringify(reply.body ?? {}))
  }
  const listener: RequestListener = (req, res) => {
    handle(req, res).catch(() => res.destroy())
  }
  const server: Server = tls ? createTlsServer(tls, listener) : createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    requests,
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** A login that worked, with an opaque token; each number gives others. */
export const loginReply = (number: number, flaw: Record<string, unknown> = {}): ScriptedReply => ({
  headers: {
    'Set-Cookie': [
      'theme=dark; Path=/',
      `refreshToken=${refreshCookieOf(number)}; Expires=Fri, 31 Dec 2100 23:59:59 GMT; Max-Age=2592000; path=/x; secure; HttpOnly; Partitioned`,
    ],
  },
  body: {
    result: true,
    data: { accessToken: accessTokenOf(number), tokenType: 'Bearer', expiresIn: 900, ...flaw },
    messages: [],
    function: 'login',
    pid: 4711,
  },
})
export const accessTokenOf = (number: number) => `opaque-access-value-${number}`
export const refreshCookieOf = (number: number) => `5f3a9c0de1b24687-cookie-${number}`
export const refusalReply = (status: number, words: string): ScriptedReply => ({
  status,
  body: { result: false, data: [], messages: { error: [words] } },
})

/** A certificate of an unknown issuer, for every name a test uses. */
export async function selfSigned(): Promise<{ key: string; cert: string; file: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'hs-cert-'))
  const [key, file] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:0.0.0.0'
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const about = ['-subj', '/CN=pbx', '-addext', names, '-days', '2', '-keyout', key, '-out', file]
  await promisify(execFile)('openssl', [...request, ...about])
  return {
    key: readFileSync(key, 'utf8'),
    cert: readFileSync(file, 'utf8'),
    file,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** The secrets of which ten characters in a row, or all of a shorter one, are in a text. */
export function leakedSecrets(text: string, secrets: readonly unknown[]): string[] {
  return secrets.map(String).filter((secret) => {
    const size = Math.min(10, secret.length)
    return Array.from({ length: secret.length - size + 1 }, (_, at) => secret.slice(at, at + size)).some(
      (piece) => text.includes(piece),
    )
  })
}
