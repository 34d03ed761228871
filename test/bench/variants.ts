import { join } from 'node:path'
import { httpStatusOf } from '../../bin/stack/health-check.ts'
import { nginxArgs } from '../../bin/stack/process-specs.ts'
import { isListening } from '../../runtime/unix-socket.ts'
import { freePort } from '../support/free-port.ts'
import { bundles, startNginx, startSidecar } from './hookswitch-processes.ts'
import { writePlainNginx } from './plain-nginx.ts'
import { childrenOf } from './process-usage.ts'
import { type BenchPrograms, MEDIA_FILE, type Testbed } from './testbed.ts'

export const TITLES = {
  limit: 'nginx without auth (the limit)',
  floor: 'auth_request to a bare node:http server (the floor)',
  ownFloor: "the same bare server behind Hookswitch's nginx configuration",
  hookswitch: 'Hookswitch',
  fastify: '@fastify/jwt with its cache',
  express: 'express + jsonwebtoken + Redis EXISTS',
} as const
export type VariantName = keyof typeof TITLES

/** One way to guard a file, up and running. */
export interface Variant {
  name: VariantName
  title: string
  url: string
  /** Whether it checks tokens at all. */
  guards: boolean
  /** The processes a request passes through. */
  pids: readonly number[]
}

/** An auth server: who it is, and the socket nginx asks it on. */
interface AuthServer {
  pid: number
  socket: string
}

/** Starts them all; those without load cost next to nothing. */
export async function startVariants(bed: Testbed, programs: BenchPrograms): Promise<Variant[]> {
  const bare = await startPeer(bed, 'bare')
  const fastify = await startPeer(bed, 'fastify')
  const express = await startPeer(bed, 'express')
  const sidecar = await startSidecar(bed, 'sidecar')

  async function variant(name: VariantName, start: typeof startPlain, asked?: AuthServer, redisPid?: number) {
    const port = await freePort()
    const nginx = await start(bed, programs, name, port, asked)
    return {
      name,
      title: TITLES[name],
      url: `http://127.0.0.1:${port}/media/${MEDIA_FILE}`,
      guards: asked !== undefined && asked !== bare,
      pids: [...childrenOf(nginx), asked?.pid, redisPid].filter((pid) => pid !== undefined),
    }
  }
  return [
    await variant('limit', startPlain),
    await variant('floor', startPlain, bare),
    await variant('ownFloor', startOwn, bare),
    await variant('hookswitch', startOwn, sidecar, bed.redisPid),
    await variant('fastify', startPlain, fastify),
    await variant('express', startPlain, express, bed.redisPid),
  ]
}

async function startPeer(bed: Testbed, name: string): Promise<AuthServer> {
  const socket = join(bed.run, `${name}.sock`)
  const pid = await bed.start({
    name,
    command: process.execPath,
    args: [join(bundles, `${name}.js`)],
    env: {
      ...bed.env,
      NODE_ENV: 'production',
      BENCH_SOCKET: socket,
      BENCH_REDIS: bed.redisSocket,
      BENCH_KEY: bed.keyFile,
    },
    cwd: bed.folder,
    ready: () => isListening(socket),
  })
  return { pid, socket }
}

function startPlain(bed: Testbed, { nginx }: BenchPrograms, name: string, port: number, asked?: AuthServer) {
  const folder = join(bed.folder, name)
  writePlainNginx({ folder, port, mediaRoot: bed.mediaRoot, auth: asked?.socket })
  return bed.start({
    name: `nginx-${name}`,
    command: nginx.path,
    args: nginxArgs(folder, folder),
    env: { ...process.env, ...nginx.env },
    cwd: folder,
    ready: async () => (await httpStatusOf({ host: '127.0.0.1', port }, '/nothing')) === 404,
  })
}

const startOwn: typeof startPlain = (bed, programs, name, port, asked) =>
  startNginx(bed, programs, {
    name: `nginx-${name}`,
    port,
    sidecars: asked === undefined ? [] : [asked.socket],
  })
