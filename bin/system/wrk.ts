import { join } from 'node:path'
import { type Detection, libraryPathEnv, type Program, type ProgramSpec } from './program-spec.ts'
import { type Environment, exists, findOnPath, runProgram } from './run-program.ts'

/** wrk, which loads an HTTP server and measures what it bears. */
export const wrk: ProgramSpec<Program> = {
  label: 'wrk',
  packages: async () => ['wrk'],
  overrideVariables: [],
  async detectInstalled(environment) {
    const path = await findOnPath('wrk', environment)
    return path === undefined ? undefined : verify({ path, env: {} }, environment)
  },
  async detectUnpacked(root, environment) {
    const path = join(root, 'usr/bin/wrk')
    if (!(await exists(path))) return undefined
    return verify({ path, env: await libraryPathEnv(root, environment) }, environment)
  },
}

/** `wrk -v` names itself and then ends with 1, as if asked wrongly: its words count, not its code. */
async function verify(program: Program, environment: Environment): Promise<Detection<Program>> {
  const { out, err } = await runProgram(program.path, ['-v'], { env: { ...environment, ...program.env } })
  return out.startsWith('wrk ') ? { found: program } : { unusable: `it does not run: ${err.trim()}` }
}
