import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { patchedModule, patchTempPath, versionError } from './nchan-module.ts'
import {
  type Detection,
  isOlderVersion,
  libraryPathEnv,
  type Program,
  type ProgramSpec,
} from './program-spec.ts'
import { type Environment, exists, findOnPath, runProgram } from './run-program.ts'
import { SetupError } from './setup-error.ts'

/**
 * nginx and the Nchan it loads; `nchanModule` is undefined where Nchan is compiled in.
 * Always run it with `-p <folder>`: Nchan keeps large messages below that folder.
 */
export interface NginxProgram extends Program {
  /** Such as `1.22.1`. */
  version: string
  nchanModule: string | undefined
}

const minVersion = '1.22'

export const nginx: ProgramSpec<NginxProgram> = {
  label: 'nginx with Nchan',
  packages: async () => ['nginx', 'libnginx-mod-nchan'],
  overrideVariables: ['HOOKSWITCH_NGINX', 'HOOKSWITCH_NCHAN_MODULE'],
  detectInstalled,
  async detectUnpacked(root, environment) {
    const { path, module } = unpackedPaths(root)
    if (!(await exists(path))) return undefined
    return verify({ path, env: await libraryPathEnv(root, environment) }, [module], environment)
  },
  async postInstall(root, environment) {
    const { path, module } = unpackedPaths(root)
    const built = await readBuildOptions({ path, env: await libraryPathEnv(root, environment) }, environment)
    const bytes = patchTempPath(await readFile(module), built.bodyTempPath)
    if (bytes !== undefined) await writeFile(module, bytes)
  },
}

const unpackedPaths = (root: string) => ({
  path: join(root, 'usr/sbin/nginx'),
  module: join(root, 'usr/lib/nginx/modules/ngx_nchan_module.so'),
})

async function detectInstalled(environment: Environment, system: string): Promise<Detection<NginxProgram>> {
  const { HOOKSWITCH_NGINX: ownNginx, HOOKSWITCH_NCHAN_MODULE: ownModule } = environment
  await requireExistingPath('HOOKSWITCH_NGINX', ownNginx)
  await requireExistingPath('HOOKSWITCH_NCHAN_MODULE', ownModule)

  const path = ownNginx || (await findOnPath('nginx', environment, ['/usr/sbin', '/usr/local/sbin']))
  if (!path && ownModule)
    throw new SetupError('HOOKSWITCH_NCHAN_MODULE is set, but there is no nginx to load it')
  if (!path) return undefined

  const program = { path, env: {} }
  const built = await readBuildOptions(program, environment)
  const modules = ownModule ? [ownModule] : await existingPaths(built.modules)
  const copies = modules.map((module) => patchedModule(module, built.bodyTempPath, join(system, 'machine')))
  const candidates = ownModule ? [] : [undefined] // compiled in
  const detection = await verify(program, [...candidates, ...(await Promise.all(copies))], environment)
  if ((ownNginx || ownModule) && 'unusable' in detection) {
    throw new SetupError(
      `${path}, as HOOKSWITCH_NGINX and HOOKSWITCH_NCHAN_MODULE have it, does not serve: ${detection.unusable}`,
    )
  }
  return detection
}

async function requireExistingPath(name: string, path: string | undefined): Promise<void> {
  if (path && !(await exists(path))) throw new SetupError(`${name} names ${path}, and nothing is there`)
}

async function existingPaths(paths: readonly string[]): Promise<string[]> {
  const there = await Promise.all(paths.map(exists))
  return paths.filter((_, i) => there[i])
}

/** What nginx was built with: the folder for request bodies, and where a module may lie. */
async function readBuildOptions(
  program: Program,
  environment: Environment,
): Promise<{ bodyTempPath: string; modules: string[] }> {
  const { err } = await runProgram(program.path, ['-V'], { env: { ...environment, ...program.env } })
  const option = (name: string) => new RegExp(`--${name}=([^\\s']+)`).exec(err)?.[1]
  const stated = option('modules-path') ?? join(option('prefix') ?? '/usr/local/nginx', 'modules')
  const folders = [...new Set([stated, '/usr/lib/nginx/modules', '/usr/lib64/nginx/modules'])]
  return {
    bodyTempPath: option('http-client-body-temp-path') ?? 'client_body_temp',
    modules: folders.map((folder) => join(folder, 'ngx_nchan_module.so')),
  }
}

/** Fit is an nginx that is new enough and loads one of the modules, itself new enough; undefined is "compiled in". */
async function verify(
  program: Program,
  modules: readonly (string | undefined)[],
  environment: Environment,
): Promise<{ found: NginxProgram } | { unusable: string }> {
  const env = { ...environment, ...program.env }
  const { err } = await runProgram(program.path, ['-V'], { env })
  const version = /nginx\/(\d[\d.]*)/.exec(err)?.[1]
  if (version === undefined) return { unusable: `it does not run: ${emergLine(err)}` }
  if (isOlderVersion(version, minVersion))
    return { unusable: `it is ${version}, and ${minVersion} is needed` }

  let unusable = 'it has no Nchan'
  for (const module of modules) {
    const scratch = tempPathKinds.filter((kind) => !err.includes(`--without-http_${kind}_module`))
    const moduleError =
      (await loadError(program.path, module, scratch, env)) ??
      (await versionError(module ?? program.path, version))
    if (moduleError === undefined) return { found: { ...program, version, nchanModule: module } }
    if (module !== undefined) unusable = moduleError
  }
  return { unusable }
}

const tempPathKinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

/** Lets nginx itself check that it loads the module and knows Nchan's directives. All it writes is in a temp folder. */
async function loadError(
  path: string,
  module: string | undefined,
  scratch: readonly string[],
  env: Environment,
): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'hookswitch-nginx-'))
  try {
    const conf = join(folder, 'nginx.conf')
    await writeFile(
      conf,
      `${module === undefined ? '' : `load_module "${module}";`}
      pid "${folder}/pid"; error_log stderr; events {}
      http {
        access_log off; ${scratch.map((kind) => `${kind}_temp_path "${folder}/${kind}";`).join(' ')}
        server { listen "unix:${folder}/s"; location / { nchan_subscriber; nchan_channel_id x; } }
      }`,
    )
    const proof = await runProgram(path, ['-t', '-q', '-e', 'stderr', '-p', folder, '-c', conf], { env })
    return proof.code === 0 ? undefined : emergLine(proof.err)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function emergLine(text: string): string {
  const lines = text.trim().split('\n')
  return (
    lines.find((line) => line.includes('[emerg]'))?.replace(/.*?\[emerg\] [\d#]+: /, '') ?? lines.at(-1) ?? ''
  )
}
