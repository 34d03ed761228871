import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { httpStatusOf } from '../../bin/stack/health-check.ts'
import { renderNginx } from '../../bin/stack/nginx-conf.ts'
import { nginxArgs } from '../../bin/stack/process-specs.ts'
import { findOrFetch } from '../../bin/system/programs.ts'
import { project, systemFolder } from './build.ts'
import { freePort } from './free-port.ts'
import { type Stack, waitUntil } from './stack.ts'

/** Another nginx, sidecar and api on the Redis, the database and the keys of a stack. */
export type SecondNode = Pick<Stack, 'url' | 'base'> & { stop(): Promise<void> }

/** Where a second node of a data folder keeps its sockets. */
export const secondRunFolder = (data: string) => join(data, 'run2')

export async function startSecondNode(first: Stack, env: Record<string, string> = {}): Promise<SecondNode> {
  const run = secondRunFolder(first.data)
  const prefix = join(first.data, 'nginx2')
  for (const folder of [run, join(prefix, 'temp')]) mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { nginx } = await findOrFetch(systemFolder, ['nginx'], () => {})
  const port = await freePort()
  const conf = join(prefix, 'conf')
  renderNginx(join(project, 'nginx'), conf, {
    nchanModule: nginx.nchanModule,
    asRoot: process.getuid?.() === 0,
    workers: '2',
    openFiles: 4_096,
    listen: [`127.0.0.1:${port}`],
    run,
    temp: join(prefix, 'temp'),
    mediaRoot: join(first.data, 'media'),
    webRoot: join(project, 'dist'),
    accessLog: join(first.data, 'log', 'access2.log'),
    nchanMemoryMb: 32,
    streamInstances: 1,
    sidecars: [join(run, 'sidecar.sock')],
    apis: [join(run, 'api.sock')],
    allowedOrigins: [],
    trustedProxies: [],
  })

  const children: ChildProcess[] = []
  const start = (command: string, args: string[], more: Record<string, string>) => {
    const child = spawn(command, args, { env: { ...process.env, ...more }, stdio: 'ignore', detached: true })
    children.push(child)
  }
  const own = {
    HOOKSWITCH_DATA: first.data,
    HOOKSWITCH_RUN: run,
    HOOKSWITCH_LOG_LEVEL: 'silent',
    HOOKSWITCH_LOGIN_PER_ACCOUNT: '100000',
    HOOKSWITCH_LOGIN_PER_ADDRESS: '100000',
    REDIS_URL: `unix:${join(first.run, 'redis.sock')}`,
    ...env,
  }
  for (const name of ['sidecar', 'api']) start(process.execPath, [join(project, 'dist', `${name}.js`)], own)
  start(process.execPath, [join(project, 'dist', 'relay.js'), '1'], own)
  for (const file of ['stream-1.conf', 'nginx.conf'])
    start(nginx.path, nginxArgs(conf, prefix, file), nginx.env)

  const where = { host: '127.0.0.1', port }
  await waitUntil('the second node is ready', async () => {
    const answers = await Promise.all([
      httpStatusOf(where, '/ready'),
      httpStatusOf(where, '/_gate/ready'),
    ]).catch(() => [])
    return answers.length === 2 && answers.every((status) => status === 200)
  })
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    base: `${url}/pbxcore/api/module-softphone-backend/v1`,
    async stop() {
      await Promise.all(
        children.map(
          (child) =>
            new Promise<void>((resolve) => {
              if (child.exitCode !== null || child.signalCode !== null) return resolve()
              child.once('close', () => resolve())
              child.kill('SIGTERM')
            }),
        ),
      )
    },
  }
}
