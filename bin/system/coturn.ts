import { join } from 'node:path'
import { type Detection, libraryPathEnv, type Program, type ProgramSpec } from './program-spec.ts'
import { type Environment, exists, findOnPath, runProgram } from './run-program.ts'

/** coturn's `turnserver`, to which we lend credentials. */
export const coturn: ProgramSpec<Program> = {
  label: 'coturn',
  packages: async () => ['coturn'],
  overrideVariables: [],
  async detectInstalled(environment) {
    const path = await findOnPath('turnserver', environment)
    return path === undefined ? undefined : verify({ path, env: {} }, environment)
  },
  async detectUnpacked(root, environment) {
    const path = join(root, 'usr/bin/turnserver')
    if (!(await exists(path))) return undefined
    return verify({ path, env: await libraryPathEnv(root, environment) }, environment)
  },
}

/** `turnserver --version` writes its version alone. */
async function verify(program: Program, environment: Environment): Promise<Detection<Program>> {
  const { out, err } = await runProgram(program.path, ['--version'], {
    env: { ...environment, ...program.env },
  })
  return /^\d+\.\d+/m.test(out) ? { found: program } : { unusable: `it does not run: ${err.trim()}` }
}
