import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openKeyring } from '../contract/keyring.ts'
import { addKey, readKeys } from '../contract/keys.ts'
import { MAX_STREAM_INSTANCES, streamInstances } from '../contract/stream-instances.ts'
import { readEnv } from '../runtime/env.ts'
import { EXIT_CONFIG } from '../runtime/shutdown.ts'
import { parseArguments, UsageError } from './arguments.ts'
import { addDemoMedia } from './stack/demo-data.ts'
import { prepareDemoPbx } from './stack/demo-pbx.ts'
import { exitOnError } from './stack/exit-on-error.ts'
import { type FrontTls, prepareFrontTls } from './stack/front-tls.ts'
import { startGateway, urlHost } from './stack/gateway.ts'
import { checkGate, requireFreePort, type TcpAddress } from './stack/health-check.ts'
import { watchNpmParent } from './stack/npm-watch.ts'
import { isRedisReady, nodeSpec, redisSpec } from './stack/process-specs.ts'
import { killOrphans, lockDataFolder, runFolder } from './stack/run-folder.ts'
import { seedUsers } from './stack/seed-users.ts'
import { isLoopback, StartSettings } from './stack/settings.ts'
import { type ProcessSpec, type SupervisedProcess, startSupervised } from './stack/supervisor.ts'
import { welcomeText } from './stack/welcome.ts'
import { findOrFetch } from './system/programs.ts'
import { SetupError } from './system/setup-error.ts'

const HELP = `Usage: npm start [-- [--demo [--pbx]] [--https]]

Starts Redis, the sidecar, the api and nginx, and keeps them running until Ctrl-C.
What is missing on this machine is fetched into the data folder first.

  --demo   add the documented users, with public passwords (loopback only)
  --pbx    with --demo: an Asterisk of its own, with two phones that answer by themselves (loopback only)
  --https  TLS with a certificate that is made here and that no authority has signed, as pages may use the microphone
           over https only; HOOKSWITCH_TLS_CERT_FILE and _KEY_FILE name one of your own instead
  --help   show this (-h)

Settings come from the environment or from .env; .env.example explains each. Exit codes: 0 stopped as asked, 2 wrong
usage, 78 wrong settings or a database of a newer version, 1 any other failure.`

const project = fileURLToPath(new URL('..', import.meta.url))
const print = (line: string) => console.log(line)

async function main() {
  const startedAt = performance.now()
  const flags = parseFlags()
  if (flags.help) return print(HELP)
  const demo = flags.demo === true
  if (flags.pbx && !demo) throw new UsageError('--pbx is part of the demo: add --demo')
  const settings = readEnv(StartSettings)
  if (flags.https && settings.tls !== undefined) {
    throw new UsageError(
      '--https makes a certificate: leave it out, or unset HOOKSWITCH_TLS_CERT_FILE and _KEY_FILE',
    )
  }
  const { data, host, port, algorithm } = settings
  if (demo && !isLoopback(host)) {
    throw new SetupError(
      `--demo has public passwords and listens on loopback only: unset HOOKSWITCH_HOST (${host})`,
    )
  }

  // A place of our own.
  process.umask(0o077)
  const folders = [
    'keys',
    'log',
    'redis',
    'nginx/conf',
    'nginx/temp',
    ...(settings.hasOwnMedia ? ['media'] : []),
  ]
  for (const folder of folders) mkdirSync(join(data, folder), { recursive: true, mode: 0o700 })
  const release = lockDataFolder(data)
  const run = runFolder(data)
  // Also those of an earlier start with more of them.
  const everyStream = streamInstances(MAX_STREAM_INSTANCES).flatMap((n) => [`relay-${n}`, `stream-${n}`])
  await killOrphans(run, [
    'nginx',
    ...everyStream,
    'phone-1001',
    'phone-1002',
    'api',
    'sidecar',
    'asterisk',
    'redis',
  ])
  if (process.getuid?.() === 0) print('running as root: a user of its own would be safer')

  const children: SupervisedProcess[] = []
  const stopping = new AbortController()
  let tls: FrontTls | undefined
  let shutdown: Promise<void> | undefined
  const shutDown = () => {
    stopping.abort()
    tls?.stop()
    shutdown ??= stopAll(children).then(release)
    return shutdown
  }
  const stop = (exitCode: number) => {
    if (shutdown === undefined) print('stopping …')
    shutDown().then(
      () => process.exit(exitCode),
      () => process.exit(1),
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(0))
  watchNpmParent(process.env, () => stop(0))
  process.on('uncaughtException', (err) => {
    console.error(err)
    stop(1)
  })

  try {
    await requireFreePort(host, port)
    const programs = await findOrFetch(
      settings.systemFolder,
      settings.redisUrl === undefined ? ['nginx', 'redis'] : ['nginx'],
      print,
    )
    tls = await prepareFrontTls({ run, settings, selfSigned: flags.https === true, log: print })
    const pbx = flags.pbx ? await prepareDemoPbx({ project, run, settings, log: print }) : undefined
    const needs = {
      run,
      logFolder: join(data, 'log'),
      log: print,
      stopping: stopping.signal,
      onFatalExit: () => stop(EXIT_CONFIG),
    }
    /** Starts some at once. If one fails, those that stand are known all the same, and stop with the rest. */
    const startAll = async (specs: readonly ProcessSpec[]) => {
      const started = await Promise.allSettled(
        specs.map(async (spec) => children.push(await startSupervised(spec, needs))),
      )
      for (const one of started) if (one.status === 'rejected') throw one.reason
    }
    const keysFolder = join(data, 'keys')
    if (!readKeys(keysFolder).some((key) => key.alg === algorithm)) addKey(keysFolder, algorithm)

    const redisUrl = settings.redisUrl ?? `unix:${join(run, 'redis.sock')}`
    if (programs.redis !== undefined) {
      children.push(await startSupervised(redisSpec(programs.redis, run, join(data, 'redis')), needs))
    } else if (!(await isRedisReady(redisUrl).catch(() => false))) {
      throw new SetupError(
        'no Redis answers at REDIS_URL: start it, or unset REDIS_URL to use the embedded one',
      )
    }

    if (pbx !== undefined) children.push(await startSupervised(pbx.server, needs))

    const password = await seedUsers(data, settings.databaseUrl, demo, pbx?.phoneSecret)
    // At once: no later start has it, whatever becomes of this one.
    if (password !== undefined) print(`The first admin: admin / ${password}   (shown only once)`)
    if (demo && settings.hasOwnMedia) addDemoMedia(settings.mediaRoot)

    const env = {
      ...process.env,
      HOOKSWITCH_DATA: data,
      HOOKSWITCH_RUN: run,
      // A value from a file is passed on as that file's name, never as a value.
      ...(process.env.REDIS_URL_FILE ? {} : { REDIS_URL: redisUrl }),
      // The document's demo has open registration, and so has this one.
      ...(demo && !process.env.HOOKSWITCH_REGISTRATION ? { HOOKSWITCH_REGISTRATION: 'open' } : {}),
    }
    const url = `${tls === undefined ? 'http' : 'https'}://${tls?.name ?? urlHost(host).replace('0.0.0.0', '127.0.0.1')}:${port}`
    const isSet = (...names: string[]) =>
      names.some((name) => process.env[name] || process.env[`${name}_FILE`])
    const mailEnv = {
      ...(isSet('HOOKSWITCH_APP_URL', 'HOOKSWITCH_PUBLIC_URL')
        ? {}
        : { HOOKSWITCH_CONSOLE_URL: `${url}/console` }),
      // A log is no place for links, but a demo on one's own machine has no other.
      ...(demo && !isSet('HOOKSWITCH_SMTP_URL') ? { HOOKSWITCH_MAIL_TO_LOG: 'true' } : {}),
    }
    const envs = { sidecar: env, api: { ...env, ...mailEnv, ...pbx?.apiEnv } }
    const sockets = { sidecar: join(run, 'sidecar.sock'), api: join(run, 'api.sock') }
    await startAll(
      (['sidecar', 'api'] as const).map((name) =>
        nodeSpec(name, join(project, 'dist', `${name}.js`), sockets[name], envs[name]),
      ),
    )
    await pbx?.waitForExtensions()
    await startAll(pbx?.phones ?? [])

    await startGateway({ project, run, settings, nginx: programs.nginx, tls: tls?.nginx, sockets, startAll })
    await waitForGate(
      {
        host: host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host,
        port,
        isTls: tls !== undefined,
      },
      keysFolder,
    )
    if (tls !== undefined) print(tls.welcome(demo))
    const curlOptions = tls?.curlOptions ?? ''
    print(welcomeText({ url, data, password, demo, tookMs: performance.now() - startedAt, curlOptions }))
    if (pbx !== undefined) print(pbx.welcome(url, curlOptions))
  } catch (err) {
    await shutDown()
    throw err
  }

  async function waitForGate(where: TcpAddress, keysFolder: string) {
    const keyring = openKeyring(keysFolder, () => {})
    const until = performance.now() + 20_000
    while (!(await checkGate(where, keyring, algorithm).catch(() => false))) {
      if (performance.now() > until) {
        throw new SetupError(`no request passed the gate in 20 s: see ${join(data, 'log')}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    keyring.close()
  }
}

function parseFlags() {
  const flag = { type: 'boolean' } as const
  return parseArguments({ options: { demo: flag, pbx: flag, https: flag, help: { ...flag, short: 'h' } } })
    .values
}

/**
 * First what holds clients' sockets, which it closes with a code that they know, while nginx still carries it. Then in
 * the order of the data's way: nothing more comes in, and last the store goes.
 */
async function stopAll(children: SupervisedProcess[]): Promise<void> {
  const holdsClientSockets = ({ name }: SupervisedProcess) => name === 'api' || name.startsWith('relay-')
  await Promise.all(children.filter(holdsClientSockets).map((child) => child.stop()))
  for (const child of children.filter((one) => !holdsClientSockets(one)).reverse()) await child.stop()
}

main().catch(exitOnError('hookswitch'))
