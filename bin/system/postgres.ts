import { readdir, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Detection, libraryPathEnv, type ProgramSpec } from './program-spec.ts'
import { type Environment, exists, findOnPath, runProgram } from './run-program.ts'

/** The folder with `initdb`, `postgres` and `pg_ctl`. None of them runs as root: that is for the caller to see to. */
export interface PostgresProgram {
  bin: string
  env: Record<string, string>
}

export const postgres: ProgramSpec<PostgresProgram> = {
  label: 'PostgreSQL',
  packages: async () => ['postgresql'],
  overrideVariables: [],
  async detectInstalled(environment) {
    // Debian keeps the server out of PATH; a `psql` there does not imply one
    const server = await findOnPath('postgres', environment, await binFolders('/'))
    return server === undefined ? undefined : verify(dirname(await realpath(server)), {}, environment)
  },
  async detectUnpacked(root, environment) {
    const [bin] = await binFolders(root)
    return bin === undefined ? undefined : verify(bin, await libraryPathEnv(root, environment), environment)
  },
}

/** `usr/lib/postgresql/<version>/bin`, newest first. */
async function binFolders(root: string): Promise<string[]> {
  const home = join(root, 'usr/lib/postgresql')
  const versions = await readdir(home).catch(() => [])
  const newestFirst = versions.filter((it) => /^\d+$/.test(it)).sort((a, b) => Number(b) - Number(a))
  return newestFirst.map((it) => join(home, it, 'bin'))
}

async function verify(
  bin: string,
  env: Record<string, string>,
  environment: Environment,
): Promise<Detection<PostgresProgram>> {
  for (const name of ['postgres', 'initdb', 'pg_ctl']) {
    if (!(await exists(join(bin, name)))) return { unusable: `${bin} has no ${name}` }
  }
  const { code, err } = await runProgram(join(bin, 'postgres'), ['--version'], {
    env: { ...environment, ...env },
  })
  return code === 0 ? { found: { bin, env } } : { unusable: `it does not run: ${err.trim()}` }
}
