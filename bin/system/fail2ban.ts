import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Detection, libraryPathEnv, type Program, type ProgramSpec } from './program-spec.ts'
import { type Environment, exists, findOnPath, runProgram } from './run-program.ts'

/** `fail2ban-regex`, and the configuration that came with it: a filter finds those it includes only beside itself. */
export interface Fail2banProgram extends Program {
  config: string
}

const systemPython = '/usr/bin/python3'
const launcher = 'usr/bin/fail2ban-regex-here'

export const fail2ban: ProgramSpec<Fail2banProgram> = {
  label: 'fail2ban',
  packages: async () => ((await exists(systemPython)) ? ['fail2ban'] : ['fail2ban', 'python3']),
  overrideVariables: [],
  async detectInstalled(environment) {
    const path = await findOnPath('fail2ban-regex', environment)
    return path === undefined ? undefined : verify({ path, env: {}, config: '/etc/fail2ban' }, environment)
  },
  async detectUnpacked(root, environment) {
    // the script itself asks for the system's Python
    const path = join(root, (await exists(systemPython)) ? 'usr/bin/fail2ban-regex' : launcher)
    if (!(await exists(path))) return undefined
    const env = {
      ...(await libraryPathEnv(root, environment)),
      PYTHONPATH: join(root, 'usr/lib/python3/dist-packages'),
      PYTHONDONTWRITEBYTECODE: '1',
    }
    return verify({ path, env, config: join(root, 'etc/fail2ban') }, environment)
  },
  postInstall: (root) =>
    writeFile(
      join(root, launcher),
      '#!/bin/sh\nhere=$(dirname "$0")\nexec "$here/python3" "$here/fail2ban-regex" "$@"\n',
      { mode: 0o755 },
    ),
}

async function verify(
  program: Fail2banProgram,
  environment: Environment,
): Promise<Detection<Fail2banProgram>> {
  const env = { ...environment, ...program.env }
  const { code, err } = await runProgram(program.path, ['--version'], { env })
  return code === 0 ? { found: program } : { unusable: `it does not run: ${err.trim()}` }
}
