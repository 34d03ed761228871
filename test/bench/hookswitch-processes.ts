import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { renderNginx } from '../../bin/stack/nginx-conf.ts'
import { nginxSpec, nodeSpec, openFileLimit } from '../../bin/stack/process-specs.ts'
import type { BenchPrograms, Testbed } from './testbed.ts'

export const project = fileURLToPath(new URL('../..', import.meta.url))
/** Where the bench's bundles are. */
export const bundles = join(project, 'dist', 'bench')

/** Starts the real sidecar; several may stand in one bed. */
export async function startSidecar(bed: Testbed, name: string): Promise<{ pid: number; socket: string }> {
  const socket = join(bed.run, `${name}.sock`)
  const env = { ...bed.env, HOOKSWITCH_SIDECAR_SOCKET: socket }
  const spec = nodeSpec('sidecar', join(bundles, 'sidecar.js'), socket, env)
  return { pid: await bed.start({ ...spec, name }), socket }
}

/**
 * Starts nginx with the real configuration, but for one worker.
 * @param sidecars the sockets it asks
 */
export async function startNginx(
  bed: Testbed,
  programs: BenchPrograms,
  { name, port, sidecars }: { name: string; port: number; sidecars: readonly string[] },
): Promise<number> {
  const prefix = join(bed.folder, name)
  const conf = join(prefix, 'conf')
  const run = join(prefix, 'run')
  for (const folder of [join(prefix, 'temp'), run]) mkdirSync(folder, { recursive: true })
  renderNginx(join(project, 'nginx'), conf, {
    nchanModule: programs.nginx.nchanModule,
    asRoot: process.getuid?.() === 0,
    workers: '1',
    openFiles: openFileLimit(),
    listen: [`127.0.0.1:${port}`],
    run,
    temp: join(prefix, 'temp'),
    mediaRoot: bed.mediaRoot,
    webRoot: bed.mediaRoot,
    accessLog: join(prefix, 'access.log'),
    nchanMemoryMb: 32,
    streamInstances: 1,
    sidecars,
    apis: [join(run, 'api.sock')],
    allowedOrigins: [],
    trustedProxies: [],
  })
  return bed.start({ ...nginxSpec(programs.nginx, run, conf, prefix), name })
}
