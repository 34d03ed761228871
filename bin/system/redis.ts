import { dirname, join } from 'node:path'
import {
  type Detection,
  isOlderVersion,
  libraryPathEnv,
  type Program,
  type ProgramSpec,
} from './program-spec.ts'
import { type Environment, exists, findOnPath, isExecutable, runProgram } from './run-program.ts'
import { SetupError } from './setup-error.ts'

/** redis-server, and redis-cli where it lies beside it. */
export interface RedisProgram extends Program {
  cli: Program | undefined
}

/** Streams trimmed by their oldest id (`XADD … MINID`) came with this one. */
const minVersion = '6.2'

export const redis: ProgramSpec<RedisProgram> = {
  label: 'Redis',
  // redis-server is a link into redis-tools, which a machine may have without the server
  packages: async () => ['redis-server', 'redis-tools'],
  overrideVariables: ['HOOKSWITCH_REDIS_SERVER'],
  async detectInstalled(environment) {
    const own = environment.HOOKSWITCH_REDIS_SERVER
    if (own && !(await exists(own))) {
      throw new SetupError(`HOOKSWITCH_REDIS_SERVER names ${own}, and nothing is there`)
    }
    const path = own || (await findOnPath('redis-server', environment, ['/usr/sbin', '/usr/local/sbin']))
    if (!path) return undefined
    const detection = await verify({ path, env: {} }, environment)
    if (own && 'unusable' in detection)
      throw new SetupError(`HOOKSWITCH_REDIS_SERVER: ${own} does not serve: ${detection.unusable}`)
    return detection
  },
  async detectUnpacked(root, environment) {
    const path = join(root, 'usr/bin/redis-server')
    if (!(await exists(path))) return undefined
    return verify({ path, env: await libraryPathEnv(root, environment) }, environment)
  },
}

async function verify(
  program: Program,
  environment: Environment,
): Promise<Exclude<Detection<RedisProgram>, undefined>> {
  const { out, err } = await runProgram(program.path, ['--version'], {
    env: { ...environment, ...program.env },
  })
  const version = /\bv=(\d[\d.]*)/.exec(out)?.[1]
  if (version === undefined) return { unusable: `it does not run: ${err.trim()}` }
  if (isOlderVersion(version, minVersion))
    return { unusable: `it is ${version}, and ${minVersion} is needed` }
  const cli = join(dirname(program.path), 'redis-cli')
  return {
    found: { ...program, cli: (await isExecutable(cli)) ? { path: cli, env: program.env } : undefined },
  }
}
