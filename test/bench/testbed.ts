import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Redis } from 'ioredis'
import { createTokens, newId } from '../../api/core/auth/tokens.ts'
import { redisSpec } from '../../bin/stack/process-specs.ts'
import { type ProcessSpec, type SupervisedProcess, startSupervised } from '../../bin/stack/supervisor.ts'
import type { FoundPrograms } from '../../bin/system/programs.ts'
import { openKeyring } from '../../contract/keyring.ts'
import { addKey } from '../../contract/keys.ts'
import { type Epoch, REVOCATION_EPOCH_KEY } from '../../contract/revocation-entries.ts'
import { connectRedis } from '../../runtime/redis.ts'

export type BenchPrograms = Pick<FoundPrograms, 'nginx' | 'redis' | 'wrk'>

/** A folder with a Redis, a key, an epoch and a file to guard: what every part of the bench stands on. */
export interface Testbed {
  folder: string
  run: string
  mediaRoot: string
  keysFolder: string
  keyFile: string
  redisPid: number
  redisSocket: string
  redis: Redis
  /** The environment of a sidecar: the defaults, without the machine's own environment. */
  env: Record<string, string | undefined>
  start(spec: ProcessSpec): Promise<number>
  /** An access token as the API issues it, of a session of its own. */
  issueToken(sid?: string): Promise<string>
}

/** The one file: 1 kB, of the user the tokens speak for. */
export const MEDIA_FILE = '1001/call.txt'

/** Makes a bed, lends it, and takes it down again, also when the work fails. */
export async function withTestbed<T>(
  programs: BenchPrograms,
  work: (bed: Testbed) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'hookswitch-bench-'))
  const children: SupervisedProcess[] = []
  const run = join(folder, 'run')
  const mediaRoot = join(folder, 'media')
  const keysFolder = join(folder, 'keys')
  for (const name of ['run', 'log', 'redis', 'media/1001']) mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(join(mediaRoot, MEDIA_FILE), 'x'.repeat(1024))
  const keyFile = join(keysFolder, `${addKey(keysFolder, 'HS256')}.key`)

  async function start(spec: ProcessSpec): Promise<number> {
    const log = (line: string) => console.error(line)
    const child = await startSupervised(spec, { run, logFolder: join(folder, 'log'), log })
    children.push(child)
    return child.pid() ?? 0
  }

  const tearDown = async () => {
    for (const child of children.reverse()) await child.stop()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  const interrupted = () => void tearDown().finally(() => process.exit(130))
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)

  const redisSocket = join(run, 'redis.sock')
  const redisUrl = `unix:${redisSocket}`
  const redis = connectRedis(redisUrl, () => {})
  const keyring = openKeyring(keysFolder, () => {})
  const tokens = createTokens({ keyring, algorithm: 'HS256', now: Date.now, issuingSince: () => 0 })
  try {
    const redisPid = await start(redisSpec(programs.redis, run, join(folder, 'redis')))
    await redis.connect()
    const epoch: Epoch = { id: newId(), cutoff: Math.floor(Date.now() / 1000) }
    await redis.set(REVOCATION_EPOCH_KEY, JSON.stringify(epoch))
    return await work({
      folder,
      run,
      mediaRoot,
      keysFolder,
      keyFile,
      redisPid,
      redisSocket,
      redis,
      env: { ...plainEnvironment(), HOOKSWITCH_DATA: folder, HOOKSWITCH_RUN: run, REDIS_URL: redisUrl },
      start,
      issueToken: (sid = newId()) =>
        tokens.issue(
          'access',
          { sub: newId(), sid, gen: 0, role: 'user', extension: '1001' },
          Math.floor(Date.now() / 1000) + 3_600,
        ),
    })
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
    keyring.close()
    redis.disconnect()
    await tearDown()
  }
}

const plainEnvironment = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(HOOKSWITCH_|NODE_OPTIONS)/.test(name)),
  )
