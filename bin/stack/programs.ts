import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { connectRedis } from '../../contract/redis.ts'
import type { Nginx, Redis } from '../system/programs.ts'
import type { ChildSpec } from './child.ts'
import { statusOf } from './probe.ts'

/** Whether a Redis answers; LOADING is a no. */
export async function redisAnswers(url: string): Promise<boolean> {
  const redis = connectRedis(url, () => {}, 2_000)
  try {
    await redis.connect()
    return (await redis.ping()) === 'PONG'
  } finally {
    redis.disconnect()
  }
}

/** The embedded Redis: no TCP port, append-only, so that an acknowledged revocation survives kill -9. */
export function redisSpec(redis: Redis, run: string, folder: string): ChildSpec {
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
    ready: () => redisAnswers(`unix:${socket}`),
    prepare: () => rmSync(socket, { force: true }),
  }
}

/** A process of ours, from its bundle in `dist/`. */
export function nodeSpec(
  name: 'sidecar' | 'api',
  bundle: string,
  socket: string,
  env: ChildSpec['env'],
): ChildSpec {
  return {
    name,
    command: process.execPath,
    args: ['--enable-source-maps', bundle],
    env,
    cwd: process.cwd(),
    channel: true,
    ready: async () => (await statusOf({ socketPath: socket }, '/health')) === 200,
  }
}

export function nginxSpec(nginx: Nginx, run: string, confFolder: string, prefix: string): ChildSpec {
  const socket = join(run, 'nginx.sock')
  return {
    name: 'nginx',
    command: nginx.path,
    args: nginxArgs(confFolder, prefix),
    env: { ...process.env, ...nginx.env },
    cwd: prefix,
    ready: async () => (await statusOf({ socketPath: socket }, '/status')) === 200,
    // nginx leaves its socket behind when it is killed, and then cannot bind it.
    prepare: () => rmSync(socket, { force: true }),
    advice: (lastWords) =>
      /Address already in use/.test(lastWords)
        ? 'its port is taken: set HOOKSWITCH_PORT to a free one'
        : undefined,
  }
}

export const nginxArgs = (confFolder: string, prefix: string): string[] => [
  '-p',
  prefix,
  '-e',
  'stderr',
  '-c',
  join(confFolder, 'nginx.conf'),
]

/** How many files a process of ours may open, at most `most`. */
export function openFiles(most = 65_536): number {
  try {
    const hard = /^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1]
    return Math.min(most, Number(hard ?? most))
  } catch {
    return 1_024
  }
}
