import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium } from './chromium.ts'
import { coturn } from './coturn.ts'
import {
  FetchError,
  fetchPackageSets,
  joinWithAnd,
  missingTool,
  type PackageSet,
  unpackedRootOf,
} from './debian-packages.ts'
import { type Fail2banProgram, fail2ban } from './fail2ban.ts'
import { withFlock } from './flock.ts'
import { type NginxProgram, nginx } from './nginx.ts'
import { openssl } from './openssl.ts'
import { type PostgresProgram, postgres } from './postgres.ts'
import type { Detection, Program, ProgramSpec } from './program-spec.ts'
import { type RedisProgram, redis } from './redis.ts'
import type { Environment } from './run-program.ts'
import { SetupError } from './setup-error.ts'
import { type SlapdProgram, slapd } from './slapd.ts'
import { wrk } from './wrk.ts'

export type { NginxProgram as Nginx, Program, RedisProgram as Redis }

/** What each need is answered with. */
export interface FoundPrograms {
  nginx: NginxProgram
  redis: RedisProgram
  postgres: PostgresProgram
  wrk: Program
  fail2ban: Fail2banProgram
  chromium: Program
  openssl: Program
  coturn: Program
  slapd: SlapdProgram
}

export type ProgramName = keyof FoundPrograms

const programSpecs: { [N in ProgramName]: ProgramSpec<FoundPrograms[N]> } = {
  nginx,
  redis,
  postgres,
  wrk,
  fail2ban,
  chromium,
  openssl,
  coturn,
  slapd,
}

/**
 * Finds programs by the environment's `HOOKSWITCH_…` overrides, on the machine, or in `system`, a folder of ours; fetches
 * what is still missing from the distribution into the last of these, without root. Safe to call from several
 * processes at once and after one was killed half-way.
 *
 * @param system absolute path; made where it is missing
 * @param progress gets a line now and then while fetching, and none where everything is there
 * @returns one answer for each need, proven to run
 * @throws {SetupError} one line that names what to do
 */
export async function findOrFetch<N extends ProgramName>(
  system: string,
  names: readonly N[],
  progress: (line: string) => void,
  environment: Environment = process.env,
): Promise<Pick<FoundPrograms, N>> {
  const found: Partial<FoundPrograms> = {}

  await Promise.all(names.map((need) => detect(need)))
  const missing = missingPrograms()
  if (missing.length > 0) {
    await fetchInto(system, missing, progress, environment, async () => {
      await Promise.all(missing.map((need) => detectUnpacked(need)))
      return missingPrograms()
    })
  }
  return found as Pick<FoundPrograms, N> // `fetchInto` throws where a need stays unanswered

  async function detect<K extends N>(need: K): Promise<void> {
    const detection: Detection<FoundPrograms[K]> = await programSpecs[need].detectInstalled(
      environment,
      system,
    )
    if (detection && 'found' in detection) found[need] = detection.found
    else if (!(await detectUnpacked(need)) && detection) {
      progress(`this machine's ${programSpecs[need].label} does not serve: ${detection.unusable}`)
    }
  }

  async function detectUnpacked<K extends N>(need: K): Promise<boolean> {
    const detection: Detection<FoundPrograms[K]> = await programSpecs[need].detectUnpacked(
      unpackedRootOf(system, need),
      environment,
    )
    if (detection && 'found' in detection) found[need] = detection.found
    return found[need] !== undefined
  }

  function missingPrograms(): N[] {
    return [...new Set(names)].filter((need) => found[need] === undefined)
  }
}

/** @param recheck returns what is still missing in `system` */
async function fetchInto(
  system: string,
  missing: readonly ProgramName[],
  progress: (line: string) => void,
  environment: Environment,
  recheck: () => Promise<readonly ProgramName[]>,
): Promise<void> {
  const onWait = () => progress('another process is fetching programs; waiting for it')
  try {
    const tool = await missingTool(environment)
    if (tool !== undefined) throw new FetchError(`there is no ${tool} here`)
    // these would end a path in LD_LIBRARY_PATH or in apt's settings
    if (/[:;"\\\n]/.test(system)) throw new FetchError(`not into a folder of this name: ${system}`)
    await mkdir(system, { recursive: true })

    await withFlock(join(system, '.lock'), environment, onWait, async () => {
      const still = await recheck() // another process may have fetched it meanwhile
      if (still.length > 0)
        await fetchPackageSets(system, await Promise.all(still.map(packageSet)), progress, environment)
      if ((await recheck()).length > 0) throw new FetchError('what was fetched does not run from its place')
    })
  } catch (error) {
    throw await setupErrorFor(missing, error)
  }

  async function packageSet(need: ProgramName): Promise<PackageSet> {
    const { label, packages, postInstall, detectUnpacked } = programSpecs[need]
    return {
      name: need,
      label,
      packages: await packages(),
      postInstall: async (root) => postInstall?.(root, environment),
      detect: (root) => detectUnpacked(root, environment),
    }
  }
}

/** Names what is missing, why it could not be installed, and what to do. */
async function setupErrorFor(missing: readonly ProgramName[], cause: unknown): Promise<SetupError> {
  const wanted = missing.map((need) => programSpecs[need])
  const packages = (await Promise.all(wanted.map((it) => it.packages()))).flat()
  const overrides = wanted.flatMap((it) => it.overrideVariables)
  const why = cause instanceof Error ? cause.message : String(cause)
  const set = overrides.length === 0 ? '' : `, or set ${joinWithAnd(overrides)}`
  return new SetupError(
    `cannot find ${joinWithAnd(wanted.map((it) => it.label))}, nor fetch: ${why}; install ${joinWithAnd(packages)} with your package manager${set}`,
    cause,
  )
}
