import { join } from 'node:path'
import { relaySocket, streamInstances } from '../../contract/stream-instances.ts'
import { isOlderVersion } from '../system/program-spec.ts'
import type { Nginx } from '../system/programs.ts'
import { runProgram as runToEnd } from '../system/run-program.ts'
import { SetupError } from '../system/setup-error.ts'
import { canListen } from './health-check.ts'
import { type NginxTls, renderNginx } from './nginx-conf.ts'
import { nginxArgs, nginxSpec, nodeSpec, openFileLimit, streamSpec } from './process-specs.ts'
import type { StartSettings } from './settings.ts'
import type { ProcessSpec } from './supervisor.ts'

export interface GatewayNeeds {
  project: string
  run: string
  settings: StartSettings
  nginx: Nginx
  /** Undefined for plain HTTP. */
  tls: Omit<NginxTls, 'http2'> | undefined
  /** Of the sidecar and the API. */
  sockets: { sidecar: string; api: string }
  startAll(specs: readonly ProcessSpec[]): Promise<void>
}

/**
 * Renders nginx's configuration, and starts what stands between clients and our own processes: the instances of Nchan,
 * their relays, and at last the front.
 * @throws {SetupError} when nginx refuses its configuration, or a program does not become ready
 */
export async function startGateway({
  project,
  run,
  settings,
  nginx,
  tls,
  sockets,
  startAll,
}: GatewayNeeds): Promise<void> {
  const prefix = join(settings.data, 'nginx')
  const confFolder = join(prefix, 'conf')
  renderNginx(join(project, 'nginx'), confFolder, {
    ...settings,
    nchanModule: nginx.nchanModule,
    asRoot: process.getuid?.() === 0,
    openFiles: openFileLimit(),
    listen: await listenAddresses(settings),
    run,
    webRoot: join(project, 'dist'),
    temp: join(prefix, 'temp'),
    accessLog: join(settings.data, 'log', 'access.log'),
    sidecars: [sockets.sidecar],
    apis: [sockets.api],
    tls: tls && { ...tls, http2: isOlderVersion(nginx.version, '1.25.1') ? 'listen' : 'directive' },
  })
  for (const file of ['nginx.conf', 'stream-1.conf']) {
    const test = await runToEnd(nginx.path, ['-t', '-q', ...nginxArgs(confFolder, prefix, file)], {
      env: { ...process.env, ...nginx.env },
    })
    if (test.code !== 0) throw new SetupError(`nginx refuses its configuration: ${test.err.trim()}`)
  }

  const instances = streamInstances(settings.streamInstances)
  await startAll(instances.map((n) => streamSpec(nginx, run, confFolder, prefix, n)))
  // What it needs and no more: neither a database nor a secret of ours.
  const { PATH, HOOKSWITCH_LOG_LEVEL, HOOKSWITCH_SIDECAR_SOCKET } = process.env
  const env = { PATH, HOOKSWITCH_RUN: run, HOOKSWITCH_LOG_LEVEL, HOOKSWITCH_SIDECAR_SOCKET }
  const bundle = join(project, 'dist', 'relay.js')
  await startAll(instances.map((n) => nodeSpec(`relay-${n}`, bundle, relaySocket(run, n), env, [String(n)])))
  await startAll([nginxSpec(nginx, run, confFolder, prefix)])
}

/** The default is loopback of both kinds, and every address is that of both. */
async function listenAddresses({ host, port }: StartSettings): Promise<string[]> {
  const alsoIpv6 = host === '127.0.0.1' && (await canListen('::1'))
  const both = host === '0.0.0.0' && (await canListen('::'))
  return [
    `${urlHost(host)}:${port}`,
    ...(alsoIpv6 ? [`[::1]:${port}`] : []),
    ...(both ? [`[::]:${port}`] : []),
  ]
}

/** A host as it stands in a URL (RFC 3986 §3.2.2). */
export const urlHost = (host: string): string => (host.includes(':') ? `[${host}]` : host)
