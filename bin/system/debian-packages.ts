import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createApt } from './apt.ts'
import type { Detection } from './program-spec.ts'
import { type Environment, findOnPath, runProgram } from './run-program.ts'

/** One folder of unpacked packages to be had. */
export interface PackageSet {
  name: string
  label: string
  packages: readonly string[]
  postInstall: (root: string) => Promise<void>
  detect: (root: string) => Promise<Detection<unknown>>
}

/** Why nothing could be fetched, in words that fit between two brackets. */
export class FetchError extends Error {}

/** Where a set's packages are unpacked. The folder is there as a whole or not at all. */
export function unpackedRootOf(system: string, name: string): string {
  return join(system, name, 'root')
}

/**
 * Fetches the sets' packages and unpacks each set into its own folder below `system`, which no other process may use
 * meanwhile: the caller holds the folder's lock. The packages' scripts never run, and nothing outside `system` is written.
 *
 * @throws {FetchError} where there is no apt, no mirror, no such package, or what was unpacked does not serve
 */
export async function fetchPackageSets(
  system: string,
  sets: readonly PackageSet[],
  progress: (line: string) => void,
  environment: Environment,
): Promise<void> {
  await removeLeftovers(system)
  const scratch = await mkdtemp(join(system, '.apt-'))
  try {
    const apt = await createApt(scratch, environment)
    const debian = await distribution()
    progress(`asking ${debian} for ${joinWithAnd(sets.map(({ label }) => label))}`)
    const mirrorError = await apt.update()

    const closures: { set: PackageSet; packages: string[] }[] = []
    for (const set of sets) {
      const closure = await apt.closure(set.packages)
      if ('error' in closure) throw new FetchError([closure.error, mirrorError].filter(Boolean).join('; '))
      closures.push({ set, packages: closure.packages })
    }

    const all = [...new Set(closures.flatMap(({ packages }) => packages))]
    const megabytes = (await apt.size(all)) / 1e6
    progress(
      `fetching ${joinWithAnd(sets.map(({ label }) => label))} from ${debian} (${all.length} packages, ${megabytes.toFixed(1)} MB)`,
    )
    const downloadError = await apt.download(all)
    if (downloadError !== undefined) throw new FetchError(downloadError)

    const start = performance.now()
    for (const { set, packages } of closures) await unpack(system, set, packages, apt.debs, environment)
    progress(`unpacked in ${((performance.now() - start) / 1000).toFixed(1)} s`)
  } finally {
    await removeLeftovers(system)
  }
}

/** The first that is missing of the tools that fetching leans on. */
export async function missingTool(environment: Environment): Promise<string | undefined> {
  for (const tool of ['apt-get', 'dpkg-deb', 'flock']) {
    if ((await findOnPath(tool, environment)) === undefined) return tool
  }
  return undefined
}

/** `a`, `a and b`, `a, b and c`. */
export function joinWithAnd(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

/** A run that was killed leaves folders that no later run uses; the holder of the lock may remove them. */
async function removeLeftovers(system: string): Promise<void> {
  for (const name of await readdir(system)) {
    if (!name.startsWith('.apt-') && !name.includes('.new-')) continue
    await rm(join(system, name), { recursive: true, force: true, maxRetries: 3 })
  }
}

/** Unpacks beside the place, proves that it runs, and only then takes the place. */
async function unpack(
  system: string,
  set: PackageSet,
  packages: readonly string[],
  debs: string,
  environment: Environment,
): Promise<void> {
  const fresh = await mkdtemp(join(system, `${set.name}.new-`))
  const root = join(fresh, 'root')
  await mkdir(root)
  // readable for others: a server started by root runs as another user
  await Promise.all([chmod(fresh, 0o755), chmod(root, 0o755)])

  const files = await readdir(debs)
  for (const name of packages.map((it) => it.replace(/[:=].*/, ''))) {
    const file = files.find((it) => it.startsWith(`${name}_`))
    if (file === undefined) throw new FetchError(`${name} was not fetched`)
    const { code, err } = await runProgram('dpkg-deb', ['-x', join(debs, file), root], { env: environment })
    if (code !== 0) throw new FetchError(`${file} cannot be unpacked: ${err.trim()}`)
  }
  await set.postInstall(root)

  const detection = await set.detect(root)
  if (detection === undefined) throw new FetchError(`its packages do not hold ${set.label}`)
  if ('unusable' in detection)
    throw new FetchError(`${set.label} from there does not serve: ${detection.unusable}`)

  await writeFile(join(fresh, 'packages.txt'), `${packages.join('\n')}\n`)
  await rm(join(system, set.name), { recursive: true, force: true })
  await rename(fresh, join(system, set.name))
}

/** `Debian`, `Ubuntu`, or what else this calls itself. */
async function distribution(): Promise<string> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  const name = /^NAME="?([^"\n]*)/m.exec(release)?.[1]
  return name?.replace(' GNU/Linux', '') || 'the distribution'
}
