import { join } from 'node:path'
import { type Detection, libraryPathEnv, type Program, type ProgramSpec } from './program-spec.ts'
import { type Environment, exists, findOnPath, runProgram } from './run-program.ts'

/** OpenLDAP's server, with the folders of its modules and its schemas. */
export interface SlapdProgram extends Program {
  modules: string
  schema: string
}

export const slapd: ProgramSpec<SlapdProgram> = {
  label: 'OpenLDAP',
  packages: async () => ['slapd'],
  overrideVariables: [],
  async detectInstalled(environment) {
    // Debian does not add this folder to the PATH of users.
    const path = await findOnPath('slapd', environment, ['/usr/sbin', '/usr/libexec'])
    return path === undefined ? undefined : verify(path, '/', {}, environment)
  },
  async detectUnpacked(root, environment) {
    const path = join(root, 'usr/sbin/slapd')
    if (!(await exists(path))) return undefined
    return verify(path, root, await libraryPathEnv(root, environment), environment)
  },
}

async function verify(
  path: string,
  root: string,
  env: Record<string, string>,
  environment: Environment,
): Promise<Detection<SlapdProgram>> {
  const [modules, schema] = [join(root, 'usr/lib/ldap'), join(root, 'etc/ldap/schema')]
  for (const folder of [modules, schema])
    if (!(await exists(folder))) return { unusable: `there is no ${folder}` }
  // `-VV` prints the version on the error stream, and ends with 0.
  const { err, out } = await runProgram(path, ['-VV'], { env: { ...environment, ...env } })
  if (!/OpenLDAP: slapd 2\.[4-9]/.test(err + out)) return { unusable: `it does not run: ${err.trim()}` }
  return { found: { path, env, modules, schema } }
}
