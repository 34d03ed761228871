import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { publishSocket, subscribeSocket } from '../../contract/stream-instances.ts'
import { connectRedis } from '../../runtime/redis.ts'
import type { Nginx, Redis } from '../system/programs.ts'
import { httpStatusOf } from './health-check.ts'
import type { ProcessSpec } from './supervisor.ts'

/** Whether a Redis answers; LOADING is a no. */
export async function isRedisReady(url: string): Promise<boolean> {
  const redis = connectRedis(url, () => {}, 2_000)
  try {
    await redis.connect()
    return (await redis.ping()) === 'PONG'
  } finally {
    redis.disconnect()
  }
}

/** The embedded Redis: no TCP port, append-only, so that an acknowledged revocation survives kill -9. */
export function redisSpec(redis: Redis, run: string, folder: string): ProcessSpec {
  const socket = join(run, 'redis.sock')
  const settings = {
    port: '0',
    unixsocket: socket,
    unixsocketperm: '600',
    dir: folder,
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    'maxmemory-policy': 'noeviction',
    daemonize: 'no',
    loglevel: 'notice',
  }
  return {
    name: 'redis',
    command: redis.path,
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    env: { ...process.env, ...redis.env },
    cwd: folder,
    ready: () => isRedisReady(`unix:${socket}`),
    prepare: () => rmSync(socket, { force: true }),
  }
}

/**
 * glibc retains the memory of large bodies unless configured to return it: after 300 of 0.7 MB the API kept 205 to 230 MB
 * without these, 114 to 140 MB with them. In bytes.
 */
const MALLOC_ENV = { MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_TRIM_THRESHOLD_: '131072' }

/** A process of ours, from its bundle in `dist/`. */
export function nodeSpec(
  name: 'sidecar' | 'api' | `relay-${number}`,
  bundle: string,
  socket: string,
  env: ProcessSpec['env'],
  args: readonly string[] = [],
): ProcessSpec {
  return {
    name,
    command: process.execPath,
    args: ['--enable-source-maps', bundle, ...args],
    env: { ...MALLOC_ENV, ...env },
    cwd: process.cwd(),
    ipc: true,
    // While no sidecar answers no client is let in and streams are cut: like a relay it is back soon however often it dies.
    ...(name === 'api' ? { hangTimeoutMs: 15_000 } : { hangTimeoutMs: 3_000, maxRestartDelayMs: 1_000 }),
    ready: async () => (await httpStatusOf({ socketPath: socket }, '/health')) === 200,
  }
}

/** The front. */
export function nginxSpec(nginx: Nginx, run: string, confFolder: string, prefix: string): ProcessSpec {
  const socket = join(run, 'nginx.sock')
  return {
    name: 'nginx',
    command: nginx.path,
    args: nginxArgs(confFolder, prefix),
    env: { ...process.env, ...nginx.env },
    cwd: prefix,
    ready: async () => (await httpStatusOf({ socketPath: socket }, '/status')) === 204,
    // The master answers nothing itself, and its state does not show that of its workers.
    hangTimeoutMs: 30_000,
    // nginx leaves its socket behind when it is killed, and then cannot bind it.
    prepare: () => rmSync(socket, { force: true }),
    explainStartFailure: (lastWords) =>
      /Address already in use/.test(lastWords)
        ? 'its port is taken: set HOOKSWITCH_PORT to a free one'
        : undefined,
  }
}

/** One instance of Nchan, from 1; it is back within a moment however often it dies. */
export function streamSpec(
  nginx: Nginx,
  run: string,
  confFolder: string,
  prefix: string,
  instance: number,
): ProcessSpec {
  const publish = publishSocket(run, instance)
  return {
    name: `stream-${instance}`,
    command: nginx.path,
    args: nginxArgs(confFolder, prefix, `stream-${instance}.conf`),
    env: { ...process.env, ...nginx.env },
    cwd: prefix,
    ready: async () =>
      (await httpStatusOf({ socketPath: publish }, '/process')) === 200 &&
      !(await isStreamInstanceStuck(run, instance)),
    hangTimeoutMs: 3_000,
    maxRestartDelayMs: 1_000,
    // It holds nothing that outlives it, and Nchan aborts where a process without workers ends with streams open.
    stopSignal: 'SIGKILL',
    prepare: () => {
      for (const socket of [subscribeSocket(run, instance), publish]) rmSync(socket, { force: true })
    },
  }
}

/** Whether the sidecar reports that an instance does not end streams. */
const isStreamInstanceStuck = async (run: string, instance: number): Promise<boolean> =>
  (await httpStatusOf({ socketPath: join(run, 'sidecar.sock') }, `/instances/${instance}`, {}, 300).catch(
    () => 0,
  )) === 503

export const nginxArgs = (confFolder: string, prefix: string, file = 'nginx.conf'): string[] => [
  '-p',
  prefix,
  '-e',
  'stderr',
  '-c',
  join(confFolder, file),
]

/** How many files a process of ours may open, at most `most`. */
export function openFileLimit(max = 65_536): number {
  try {
    const hard = /^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1]
    return Math.min(max, Number(hard ?? max))
  } catch {
    return 1_024
  }
}
