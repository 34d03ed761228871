import { join } from 'node:path'
import { type Look, libraries, type Program, type Recipe } from './program-spec.ts'
import { type Environment, exists, onPath, run } from './run-program.ts'

/** wrk, which loads an HTTP server and measures what it bears. */
export const wrk: Recipe<Program> = {
  label: 'wrk',
  packages: async () => ['wrk'],
  overrides: [],
  async onMachine(environment) {
    const path = await onPath('wrk', environment)
    return path === undefined ? undefined : judge({ path, env: {} }, environment)
  },
  async unpacked(root, environment) {
    const path = join(root, 'usr/bin/wrk')
    if (!(await exists(path))) return undefined
    return judge({ path, env: await libraries(root, environment) }, environment)
  },
}

/** `wrk -v` names itself and then ends with 1, as if asked wrongly: its words count, not its code. */
async function judge(program: Program, environment: Environment): Promise<Look<Program>> {
  const { out, err } = await run(program.path, ['-v'], { env: { ...environment, ...program.env } })
  return out.startsWith('wrk ') ? { found: program } : { unfit: `it does not run: ${err.trim()}` }
}
