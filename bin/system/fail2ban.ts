import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Look, libraries, type Program, type Recipe } from './program-spec.ts'
import { type Environment, exists, onPath, run } from './run-program.ts'

/** `fail2ban-regex`, and the configuration that came with it: a filter finds those it includes only beside itself. */
export interface Fail2ban extends Program {
  config: string
}

const systemPython = '/usr/bin/python3'
const launcher = 'usr/bin/fail2ban-regex-here'

export const fail2ban: Recipe<Fail2ban> = {
  label: 'fail2ban',
  packages: async () => ((await exists(systemPython)) ? ['fail2ban'] : ['fail2ban', 'python3']),
  overrides: [],
  async onMachine(environment) {
    const path = await onPath('fail2ban-regex', environment)
    return path === undefined ? undefined : judge({ path, env: {}, config: '/etc/fail2ban' }, environment)
  },
  async unpacked(root, environment) {
    // the script itself asks for the system's Python
    const path = join(root, (await exists(systemPython)) ? 'usr/bin/fail2ban-regex' : launcher)
    if (!(await exists(path))) return undefined
    const env = {
      ...(await libraries(root, environment)),
      PYTHONPATH: join(root, 'usr/lib/python3/dist-packages'),
      PYTHONDONTWRITEBYTECODE: '1',
    }
    return judge({ path, env, config: join(root, 'etc/fail2ban') }, environment)
  },
  settle: (root) =>
    writeFile(
      join(root, launcher),
      '#!/bin/sh\nhere=$(dirname "$0")\nexec "$here/python3" "$here/fail2ban-regex" "$@"\n',
      { mode: 0o755 },
    ),
}

async function judge(program: Fail2ban, environment: Environment): Promise<Look<Fail2ban>> {
  const env = { ...environment, ...program.env }
  const { code, err } = await run(program.path, ['--version'], { env })
  return code === 0 ? { found: program } : { unfit: `it does not run: ${err.trim()}` }
}
