import { chmodSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findOrFetch } from '../../bin/system/programs.ts'

export const project = fileURLToPath(new URL('../..', import.meta.url))

/** Where programs that the machine lacks are kept between runs: the same place `npm start` uses by default. */
export const systemFolder = join(project, 'var', 'system')

/** Bundles the programs and finds nginx, Redis and PostgreSQL, once a run. */
export async function setup() {
  const { buildAll } = (await import(join(project, 'bin', 'build.mjs'))) as { buildAll(): Promise<boolean> }
  const { buildConsole } = (await import(join(project, 'bin', 'build-console.mjs'))) as {
    buildConsole(): Promise<boolean>
  }
  await Promise.all([buildAll(), buildConsole()])
  const { postgres } = await findOrFetch(systemFolder, ['nginx', 'redis', 'postgres'], (line) =>
    console.log(line),
  )
  process.env.HOOKSWITCH_TEST_PG_BIN = postgres.bin
  if (postgres.env.LD_LIBRARY_PATH) process.env.HOOKSWITCH_TEST_PG_LIBS = postgres.env.LD_LIBRARY_PATH
  // Under root, PostgreSQL runs as user `nobody` and must reach its own programs; what is kept beside them has
  // closed folders of its own.
  if (process.getuid?.() === 0)
    for (const folder of [dirname(systemFolder), systemFolder]) chmodSync(folder, 0o711)
}
