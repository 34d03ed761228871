import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Redis } from 'ioredis'
import { findOrFetch } from '../../bin/system/programs.ts'
import { connectRedis } from '../../runtime/redis.ts'
import { systemFolder } from './build.ts'
import { freePort } from './free-port.ts'

/** A real Redis of a test's own, on a Unix socket in a folder of its own. It keeps nothing. */
export interface RedisServer {
  /** As `REDIS_URL` has it. */
  url: string
  /** A new connection, closed by `stop` at the latest. */
  connect(): Promise<Redis>
  stop(): Promise<void>
}

export interface RedisOptions {
  /** A cluster of this one server, which serves all slots: as strict about keys as a large one. */
  cluster?: boolean
}

/** @throws {Error} with its output when it does not start */
export async function startRedis({ cluster = false }: RedisOptions = {}): Promise<RedisServer> {
  const { redis } = await findOrFetch(systemFolder, ['redis'], () => {})
  const folder = mkdtempSync(join(tmpdir(), 'redis-'))
  const socket = join(folder, 'redis.sock')
  const settings = {
    unixsocket: socket,
    dir: folder,
    save: '',
    ...(cluster ? await clusterSettings() : { port: '0' }),
  }
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
  const server = spawn(redis.path, args, { env: { ...process.env, ...redis.env } })
  let output = ''
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (text) => (output += text))

  const connections: Redis[] = []
  const connect = async () => {
    const connection = connectRedis(`unix:${socket}`, () => {})
    connections.push(connection)
    await connection.connect()
    return connection
  }
  const stop = async () => {
    for (const connection of connections) connection.disconnect()
    await ended(server)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const first = await connectWhenReady(connect)
    if (cluster) await serveAllSlots(first)
  } catch (err) {
    await stop()
    throw new Error(`Redis did not start:\n${output}`, { cause: err })
  }
  return { url: `unix:${socket}`, connect, stop }
}

/** The nodes of a cluster talk over TCP, here with none, on the port of their clients and 10 000. */
async function clusterSettings() {
  let port = await freePort()
  while (port > 55_000) port = await freePort()
  return { port: String(port), bind: '127.0.0.1', 'cluster-enabled': 'yes' }
}

async function serveAllSlots(redis: Redis): Promise<void> {
  await redis.cluster('ADDSLOTS', ...Array.from({ length: 16_384 }, (_, slot) => slot))
  await retryUntilDeadline(async () => {
    if (!/cluster_state:ok/.test(String(await redis.cluster('INFO'))))
      throw new Error('not all slots are served')
  })
}

const connectWhenReady = (connect: () => Promise<Redis>) =>
  retryUntilDeadline(async () => {
    const redis = await connect()
    await redis.ping()
    return redis
  })

async function retryUntilDeadline<T>(attempt: () => Promise<T>): Promise<T> {
  const end = performance.now() + 15_000
  for (;;) {
    try {
      return await attempt()
    } catch (err) {
      if (performance.now() > end) throw err
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    server.once('close', () => resolve())
    server.kill('SIGKILL')
  })
}
