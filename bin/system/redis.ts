import { dirname, join } from 'node:path'
import { isOlder, type Look, libraries, type Program, type Recipe } from './program-spec.ts'
import { type Environment, exists, isExecutable, onPath, run } from './run-program.ts'
import { SetupError } from './setup-error.ts'

/** redis-server, and redis-cli where it lies beside it. */
export interface Redis extends Program {
  cli: Program | undefined
}

/** Streams trimmed by their oldest id (`XADD … MINID`) came with this one. */
const oldest = '6.2'

export const redis: Recipe<Redis> = {
  label: 'Redis',
  // redis-server is a link into redis-tools, which a machine may have without the server
  packages: async () => ['redis-server', 'redis-tools'],
  overrides: ['HOOKSWITCH_REDIS_SERVER'],
  async onMachine(environment) {
    const own = environment.HOOKSWITCH_REDIS_SERVER
    if (own && !(await exists(own))) {
      throw new SetupError(`HOOKSWITCH_REDIS_SERVER names ${own}, and nothing is there`)
    }
    const path = own || (await onPath('redis-server', environment, ['/usr/sbin', '/usr/local/sbin']))
    if (!path) return undefined
    const look = await judge({ path, env: {} }, environment)
    if (own && 'unfit' in look)
      throw new SetupError(`HOOKSWITCH_REDIS_SERVER: ${own} does not serve: ${look.unfit}`)
    return look
  },
  async unpacked(root, environment) {
    const path = join(root, 'usr/bin/redis-server')
    if (!(await exists(path))) return undefined
    return judge({ path, env: await libraries(root, environment) }, environment)
  },
}

async function judge(program: Program, environment: Environment): Promise<Exclude<Look<Redis>, undefined>> {
  const { out, err } = await run(program.path, ['--version'], { env: { ...environment, ...program.env } })
  const version = /\bv=(\d[\d.]*)/.exec(out)?.[1]
  if (version === undefined) return { unfit: `it does not run: ${err.trim()}` }
  if (isOlder(version, oldest)) return { unfit: `it is ${version}, and ${oldest} is needed` }
  const cli = join(dirname(program.path), 'redis-cli')
  return {
    found: { ...program, cli: (await isExecutable(cli)) ? { path: cli, env: program.env } : undefined },
  }
}
