import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Environment } from './run-program.ts'

/** A program to spawn. Merge `env` over the environment: it leads to private libraries where there are any. */
export interface Program {
  path: string
  env: Record<string, string>
}

/** What a look for a program saw: it serves, or it is there and unfit (why), or it is not there. */
export type Detection<T> = { found: T } | { unusable: string } | undefined

/** How one program is found on the machine, fetched, and recognised in an unpacked tree. */
export interface ProgramSpec<T> {
  /** what a person calls it, in the middle of a sentence */
  label: string
  /** Debian packages that hold it; what these lean on is added where the machine lacks it */
  packages: () => Promise<readonly string[]>
  /** environment variables by which a person names their own */
  overrideVariables: readonly string[]
  /**
   * @param system where a copy may be kept, if the machine's own needs a change
   * @throws {SetupError} where an override names something that does not serve
   */
  detectInstalled: (environment: Environment, system: string) => Promise<Detection<T>>
  /** @param root packages unpacked as if it were `/`; may be missing or half of what it should be */
  detectUnpacked: (root: string, environment: Environment) => Promise<Detection<T>>
  /** makes what was unpacked run from where it is; the packages' own scripts themselves never run */
  postInstall?: (root: string, environment: Environment) => Promise<void>
}

/** Leads the loader to an unpacked tree's own libraries first. Empty where it has none. */
export async function libraryPathEnv(
  root: string,
  environment: Environment,
): Promise<Record<string, string>> {
  const folders: string[] = []
  for (const lib of [join(root, 'usr/lib'), join(root, 'lib')]) {
    const names = await readdir(lib).catch(() => [])
    folders.push(...names.filter((name) => /-linux-gnu\w*$/.test(name)).map((name) => join(lib, name)))
  }
  if (folders.length === 0) return {}
  if (environment.LD_LIBRARY_PATH) folders.push(environment.LD_LIBRARY_PATH)
  return { LD_LIBRARY_PATH: folders.join(':') }
}

/** Whether dotted version `a` is older than `b`: `1.9.15` is older than `1.22`. */
export function isOlderVersion(a: string, b: string): boolean {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)]
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}
