import { readdir, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Look, libraries, type Recipe } from './program-spec.ts'
import { type Environment, exists, onPath, run } from './run-program.ts'

/** The folder with `initdb`, `postgres` and `pg_ctl`. None of them runs as root: that is for the caller to see to. */
export interface Postgres {
  bin: string
  env: Record<string, string>
}

export const postgres: Recipe<Postgres> = {
  label: 'PostgreSQL',
  packages: async () => ['postgresql'],
  overrides: [],
  async onMachine(environment) {
    // Debian keeps the server out of PATH; its `psql` there says nothing about one
    const server = await onPath('postgres', environment, await binFolders('/'))
    return server === undefined ? undefined : judge(dirname(await realpath(server)), {}, environment)
  },
  async unpacked(root, environment) {
    const [bin] = await binFolders(root)
    return bin === undefined ? undefined : judge(bin, await libraries(root, environment), environment)
  },
}

/** `usr/lib/postgresql/<version>/bin`, newest first. */
async function binFolders(root: string): Promise<string[]> {
  const home = join(root, 'usr/lib/postgresql')
  const versions = await readdir(home).catch(() => [])
  const newestFirst = versions.filter((it) => /^\d+$/.test(it)).sort((a, b) => Number(b) - Number(a))
  return newestFirst.map((it) => join(home, it, 'bin'))
}

async function judge(
  bin: string,
  env: Record<string, string>,
  environment: Environment,
): Promise<Look<Postgres>> {
  for (const name of ['postgres', 'initdb', 'pg_ctl']) {
    if (!(await exists(join(bin, name)))) return { unfit: `${bin} has no ${name}` }
  }
  const { code, err } = await run(join(bin, 'postgres'), ['--version'], { env: { ...environment, ...env } })
  return code === 0 ? { found: { bin, env } } : { unfit: `it does not run: ${err.trim()}` }
}
