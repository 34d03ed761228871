import { join } from 'node:path'
import { type Detection, libraryPathEnv, type Program, type ProgramSpec } from './program-spec.ts'
import { type Environment, exists, findOnPath, runProgram } from './run-program.ts'

/** The `openssl` command, which makes certificates. */
export const openssl: ProgramSpec<Program> = {
  label: 'openssl',
  packages: async () => ['openssl'],
  overrideVariables: [],
  async detectInstalled(environment) {
    const path = await findOnPath('openssl', environment)
    return path === undefined ? undefined : verify({ path, env: {} }, environment)
  },
  async detectUnpacked(root, environment) {
    const path = join(root, 'usr/bin/openssl')
    if (!(await exists(path))) return undefined
    return verify({ path, env: await libraryPathEnv(root, environment) }, environment)
  },
}

async function verify(program: Program, environment: Environment): Promise<Detection<Program>> {
  const { out, err } = await runProgram(program.path, ['version'], {
    env: { ...environment, ...program.env },
  })
  return /^(Open|Libre)SSL /.test(out) ? { found: program } : { unusable: `it does not run: ${err.trim()}` }
}
