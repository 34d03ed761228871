import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isOlderVersion } from './program-spec.ts'
import { exists } from './run-program.ts'

const minVersion = '1.3.6'

/**
 * Nchan asks for the folder that nginx was *built* to keep request bodies in, such as `/var/lib/nginx/body`, whatever
 * the configuration has, and calls its own `nchan_message_temp_path` a duplicate (1.3.6). nginx then makes that folder
 * or gives it another owner, or cannot and ends. In a copy of the module the name becomes one of equal length that is
 * relative: a folder below the prefix, which `nginx -p` sets.
 *
 * @returns the copy's bytes; undefined where the module has no such name in it
 */
export function patchTempPath(module: Buffer, builtIn: string): Buffer | undefined {
  const at = builtIn.startsWith('/') ? module.indexOf(`${builtIn}\0`, 0, 'latin1') : -1
  if (at === -1) return undefined
  const copy = Buffer.from(module)
  copy.write('nchan-message-files'.slice(0, builtIn.length).padEnd(builtIn.length, '-'), at, 'latin1')
  return copy
}

/** A copy of a module of the machine's that keeps to the prefix, in `folder`; the module itself if it does already. */
export async function patchedModule(module: string, builtIn: string, folder: string): Promise<string> {
  const bytes = patchTempPath(await readFile(module), builtIn)
  if (bytes === undefined) return module
  const name = `ngx_nchan_module-${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}.so`
  const copy = join(folder, name)
  if (await exists(copy)) return copy
  await mkdir(folder, { recursive: true })
  await writeFile(`${copy}.new-${process.pid}`, bytes)
  await rename(`${copy}.new-${process.pid}`, copy)
  return copy
}

/** Nchan keeps its version as a string of its own. Where none is seen (an odd build), loading is proof enough. */
export async function versionError(file: string, nginxVersion: string): Promise<string | undefined> {
  const text = await readFile(file, 'latin1')
  const versions = [...text.matchAll(/(?<=\0)1\.\d{1,2}\.\d{1,3}(?=\0)/g)].map(([it]) => it)
  const nchan = versions.filter((it) => it !== nginxVersion)
  if (nchan.length === 0 || nchan.some((it) => !isOlderVersion(it, minVersion))) return undefined
  return `its Nchan is ${nchan[0]}, and ${minVersion} is needed`
}
