import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ageFlaw, confined, withRelativeFolder } from './nchan-module.ts'
import { isOlder, type Look, libraries, type Program, type Recipe } from './program-spec.ts'
import { type Environment, exists, onPath, run } from './run-program.ts'
import { SetupError } from './setup-error.ts'

/**
 * nginx and the Nchan it loads; `nchanModule` is undefined where Nchan is compiled in.
 * Always run it with `-p <folder>`: Nchan keeps large messages below that folder.
 */
export interface Nginx extends Program {
  nchanModule: string | undefined
}

const oldest = '1.22'

export const nginx: Recipe<Nginx> = {
  label: 'nginx with Nchan',
  packages: async () => ['nginx', 'libnginx-mod-nchan'],
  overrides: ['HOOKSWITCH_NGINX', 'HOOKSWITCH_NCHAN_MODULE'],
  onMachine,
  async unpacked(root, environment) {
    const { path, module } = within(root)
    if (!(await exists(path))) return undefined
    return judge({ path, env: await libraries(root, environment) }, [module], environment)
  },
  async settle(root, environment) {
    const { path, module } = within(root)
    const built = await buildOf({ path, env: await libraries(root, environment) }, environment)
    const bytes = withRelativeFolder(await readFile(module), built.bodies)
    if (bytes !== undefined) await writeFile(module, bytes)
  },
}

const within = (root: string) => ({
  path: join(root, 'usr/sbin/nginx'),
  module: join(root, 'usr/lib/nginx/modules/ngx_nchan_module.so'),
})

async function onMachine(environment: Environment, system: string): Promise<Look<Nginx>> {
  const { HOOKSWITCH_NGINX: ownNginx, HOOKSWITCH_NCHAN_MODULE: ownModule } = environment
  await mustExist('HOOKSWITCH_NGINX', ownNginx)
  await mustExist('HOOKSWITCH_NCHAN_MODULE', ownModule)

  const path = ownNginx || (await onPath('nginx', environment, ['/usr/sbin', '/usr/local/sbin']))
  if (!path && ownModule)
    throw new SetupError('HOOKSWITCH_NCHAN_MODULE is set, but there is no nginx to load it')
  if (!path) return undefined

  const program = { path, env: {} }
  const built = await buildOf(program, environment)
  const modules = ownModule ? [ownModule] : await existing(built.modules)
  const copies = modules.map((module) => confined(module, built.bodies, join(system, 'machine')))
  const candidates = ownModule ? [] : [undefined] // compiled in
  const look = await judge(program, [...candidates, ...(await Promise.all(copies))], environment)
  if ((ownNginx || ownModule) && 'unfit' in look) {
    throw new SetupError(
      `${path}, as HOOKSWITCH_NGINX and HOOKSWITCH_NCHAN_MODULE have it, does not serve: ${look.unfit}`,
    )
  }
  return look
}

async function mustExist(name: string, path: string | undefined): Promise<void> {
  if (path && !(await exists(path))) throw new SetupError(`${name} names ${path}, and nothing is there`)
}

async function existing(paths: readonly string[]): Promise<string[]> {
  const there = await Promise.all(paths.map(exists))
  return paths.filter((_, i) => there[i])
}

/** What nginx was built with: the folder for request bodies, and where a module may lie. */
async function buildOf(
  program: Program,
  environment: Environment,
): Promise<{ bodies: string; modules: string[] }> {
  const { err } = await run(program.path, ['-V'], { env: { ...environment, ...program.env } })
  const option = (name: string) => new RegExp(`--${name}=([^\\s']+)`).exec(err)?.[1]
  const stated = option('modules-path') ?? join(option('prefix') ?? '/usr/local/nginx', 'modules')
  const folders = [...new Set([stated, '/usr/lib/nginx/modules', '/usr/lib64/nginx/modules'])]
  return {
    bodies: option('http-client-body-temp-path') ?? 'client_body_temp',
    modules: folders.map((folder) => join(folder, 'ngx_nchan_module.so')),
  }
}

/** Fit is an nginx that is new enough and loads one of the modules, itself new enough; undefined is "compiled in". */
async function judge(
  program: Program,
  modules: readonly (string | undefined)[],
  environment: Environment,
): Promise<{ found: Nginx } | { unfit: string }> {
  const env = { ...environment, ...program.env }
  const { err } = await run(program.path, ['-V'], { env })
  const version = /nginx\/(\d[\d.]*)/.exec(err)?.[1]
  if (version === undefined) return { unfit: `it does not run: ${complaint(err)}` }
  if (isOlder(version, oldest)) return { unfit: `it is ${version}, and ${oldest} is needed` }

  let unfit = 'it has no Nchan'
  for (const module of modules) {
    const scratch = scratchKinds.filter((kind) => !err.includes(`--without-http_${kind}_module`))
    const flaw =
      (await loadingFlaw(program.path, module, scratch, env)) ??
      (await ageFlaw(module ?? program.path, version))
    if (flaw === undefined) return { found: { ...program, nchanModule: module } }
    if (module !== undefined) unfit = flaw
  }
  return { unfit }
}

const scratchKinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

/** Lets nginx itself say whether it takes the module and knows Nchan's words. All it writes is in a temp folder. */
async function loadingFlaw(
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
    const proof = await run(path, ['-t', '-q', '-e', 'stderr', '-p', folder, '-c', conf], { env })
    return proof.code === 0 ? undefined : complaint(proof.err)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function complaint(text: string): string {
  const lines = text.trim().split('\n')
  return (
    lines.find((line) => line.includes('[emerg]'))?.replace(/.*?\[emerg\] [\d#]+: /, '') ?? lines.at(-1) ?? ''
  )
}
