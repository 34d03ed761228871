import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Environment, exists } from './run-program.ts'
import { SetupError } from './setup-error.ts'

/** A private Asterisk and the phones that come with it, unpacked with their own libraries and loader. */
export interface AsteriskInstall {
  /** the folder everything is in */
  prefix: string
  /** these three are to be run as they are: they need no environment */
  program: string
  baresip: string
  sipp: string
  /** where each finds its modules, and Asterisk its documentation */
  modules: string
  phoneModules: string
  data: string
}

/**
 * Finds Asterisk in `system`, a folder of ours, or unpacks it there, without root. The machine's own is never
 * taken: it may serve real telephones.
 *
 * @param installerFolder the folder of `install.sh`
 * @param progress gets a line now and then while fetching, and none where everything is there
 * @throws {SetupError} one line that names what is missing
 */
export async function findOrUnpackAsterisk(
  system: string,
  installerFolder: string,
  progress: (line: string) => void,
  environment: Environment = process.env,
): Promise<AsteriskInstall> {
  const prefix = join(system, 'asterisk')
  await install(installerFolder, prefix, progress, environment)
  const root = join(prefix, 'root')
  return {
    prefix,
    program: join(prefix, 'bin/asterisk'),
    baresip: join(prefix, 'bin/baresip'),
    sipp: join(prefix, 'bin/sipp'),
    modules: await modulesFolder(join(root, 'usr/lib')),
    phoneModules: join(root, 'usr/lib/baresip/modules'),
    data: join(root, 'usr/share/asterisk'),
  }
}

function install(
  installerFolder: string,
  prefix: string,
  progress: (line: string) => void,
  env: Environment,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = execFile(join(installerFolder, 'install.sh'), [prefix], { env }, (err, _, stderr) => {
      const why = (stderr || err?.message) ?? ''
      if (err === null) resolve()
      else reject(new SetupError(`cannot fetch Asterisk: ${why.trim().split('\n').at(-1)}`, err))
    })
    if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', progress)
  })
}

/** Debian keeps them in the folder of the machine's kind, or did once. */
async function modulesFolder(lib: string): Promise<string> {
  for (const name of await readdir(lib)) {
    const folder = join(lib, name, 'asterisk/modules')
    if (await exists(folder)) return folder
  }
  return join(lib, 'asterisk/modules')
}
