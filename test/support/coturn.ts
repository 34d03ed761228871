import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findOrFetch } from '../../bin/system/programs.ts'
import { project, systemFolder } from './build.ts'
import { freeLowPort } from './free-port.ts'
import { waitUntil } from './stack.ts'

/** A real coturn on loopback. */
export interface Coturn {
  /** As in HOOKSWITCH_TURN_URLS. */
  url: string
  log(): string
  stop(): Promise<void>
}

/** What differs from the documented configuration on any machine: addresses, files, and what a test may do. */
const OTHER_HERE = /^(listening-port|tls-listening-port|cert|pkey|static-auth-secret|min-port|max-port)=/

/** @returns why coturn cannot be had, or undefined */
export const whyCoturnUnavailable = (): Promise<string | undefined> =>
  findOrFetch(systemFolder, ['coturn'], (line) => console.log(line)).then(
    () => undefined,
    (err: Error) => err.message,
  )

/**
 * Starts coturn with the configuration of docs/coturn.
 * @param allowLoopback whether it relays to this machine, so that two clients of a test can meet
 */
export async function startCoturn({
  secret,
  allowLoopback,
}: {
  secret: string
  allowLoopback: boolean
}): Promise<Coturn> {
  const { coturn } = await findOrFetch(systemFolder, ['coturn'], () => {})
  const folder = mkdtempSync(join(tmpdir(), 'coturn-'))
  const port = await freeLowPort()
  const documented = readFileSync(join(project, 'docs/coturn/turnserver.conf'), 'utf8').split('\n')
  const denied = /^denied-peer-ip=127\./
  const lines = [
    ...documented.filter((line) => !OTHER_HERE.test(line) && !(allowLoopback && denied.test(line))),
    `listening-port=${port}`,
    'listening-ip=127.0.0.1',
    'relay-ip=127.0.0.1',
    'no-tls',
    'no-dtls',
    `static-auth-secret=${secret}`,
    ...(allowLoopback ? ['allow-loopback-peers'] : []),
    `pidfile=${join(folder, 'pid')}`,
    `userdb=${join(folder, 'db')}`,
    'log-file=stdout',
    'simple-log',
    'verbose',
  ]
  const conf = join(folder, 'turnserver.conf')
  writeFileSync(conf, lines.join('\n'), { mode: 0o600 })
  const child = spawn(coturn.path, ['-c', conf], { cwd: folder, env: { ...process.env, ...coturn.env } })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  let log = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += chunk))
  const stop = async () => {
    child.kill('SIGKILL')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await waitUntil('coturn answers', async () => {
      if (child.exitCode !== null) throw new Error(`coturn ended: ${log}`)
      return answersBinding(port)
    })
  } catch (err) {
    await stop()
    throw err
  }
  return { url: `turn:127.0.0.1:${port}?transport=udp`, log: () => log, stop }
}

/** Whether a Binding request gets its success response (RFC 8489 §6). */
function answersBinding(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    const end = (isAnswered: boolean) => {
      clearTimeout(late)
      socket.close()
      resolve(isAnswered)
    }
    const late = setTimeout(() => end(false), 200)
    socket.on('error', () => end(false))
    socket.on('message', (bytes) => end(bytes.readUInt16BE(0) === 0x0101))
    socket.send(Buffer.from('000100002112a442000102030405060708090a0b', 'hex'), port, '127.0.0.1')
  })
}
