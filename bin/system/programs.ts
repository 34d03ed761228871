import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium } from './chromium.ts'
import { FetchError, fetchSets, listed, missingTool, type PackageSet, rootOf } from './debian-packages.ts'
import { type Fail2ban, fail2ban } from './fail2ban.ts'
import { withLock } from './flock.ts'
import { type Nginx, nginx } from './nginx.ts'
import { type Postgres, postgres } from './postgres.ts'
import type { Look, Program, Recipe } from './program-spec.ts'
import { type Redis, redis } from './redis.ts'
import type { Environment } from './run-program.ts'
import { SetupError } from './setup-error.ts'
import { wrk } from './wrk.ts'

export type { Fail2ban, Nginx, Postgres, Program, Redis }

/** What each need is answered with. */
export interface Found {
  nginx: Nginx
  redis: Redis
  postgres: Postgres
  wrk: Program
  fail2ban: Fail2ban
  chromium: Program
}

export type Need = keyof Found

const recipes: { [N in Need]: Recipe<Found[N]> } = { nginx, redis, postgres, wrk, fail2ban, chromium }

/**
 * Finds programs by the environment's `HOOKSWITCH_…` overrides, on the machine, or in `system`, a folder of ours; fetches
 * what is still missing from the distribution into the last of these, without root. Safe to call from several
 * processes at once and after one was killed half-way.
 *
 * @param system absolute path; made where it is missing
 * @param progress gets a line now and then while fetching, and none where everything is there
 * @returns one answer for each need, proven to run
 * @throws {SetupError} one line that says what to do
 */
export async function findOrFetch<N extends Need>(
  system: string,
  needs: readonly N[],
  progress: (line: string) => void,
  environment: Environment = process.env,
): Promise<Pick<Found, N>> {
  const found: Partial<Found> = {}

  await Promise.all(needs.map((need) => lookUp(need)))
  const missing = unanswered()
  if (missing.length > 0) {
    await fetchInto(system, missing, progress, environment, async () => {
      await Promise.all(missing.map((need) => lookInside(need)))
      return unanswered()
    })
  }
  return found as Pick<Found, N> // `fetchInto` throws where a need stays unanswered

  async function lookUp<K extends N>(need: K): Promise<void> {
    const look: Look<Found[K]> = await recipes[need].onMachine(environment, system)
    if (look && 'found' in look) found[need] = look.found
    else if (!(await lookInside(need)) && look) {
      progress(`this machine's ${recipes[need].label} does not serve: ${look.unfit}`)
    }
  }

  async function lookInside<K extends N>(need: K): Promise<boolean> {
    const look: Look<Found[K]> = await recipes[need].unpacked(rootOf(system, need), environment)
    if (look && 'found' in look) found[need] = look.found
    return found[need] !== undefined
  }

  function unanswered(): N[] {
    return [...new Set(needs)].filter((need) => found[need] === undefined)
  }
}

/** @param lookAgain looks into `system` and says what is still missing */
async function fetchInto(
  system: string,
  missing: readonly Need[],
  progress: (line: string) => void,
  environment: Environment,
  lookAgain: () => Promise<readonly Need[]>,
): Promise<void> {
  const waiting = () => progress('another process is fetching programs; waiting for it')
  try {
    const tool = await missingTool(environment)
    if (tool !== undefined) throw new FetchError(`there is no ${tool} here`)
    // these would end a path in LD_LIBRARY_PATH or in apt's settings
    if (/[:;"\\\n]/.test(system)) throw new FetchError(`not into a folder of this name: ${system}`)
    await mkdir(system, { recursive: true })

    await withLock(join(system, '.lock'), environment, waiting, async () => {
      const still = await lookAgain() // somebody else may have fetched it while we waited
      if (still.length > 0)
        await fetchSets(system, await Promise.all(still.map(packageSet)), progress, environment)
      if ((await lookAgain()).length > 0) throw new FetchError('what was fetched does not run from its place')
    })
  } catch (error) {
    throw await adviceFor(missing, error)
  }

  async function packageSet(need: Need): Promise<PackageSet> {
    const { label, packages, settle, unpacked } = recipes[need]
    return {
      name: need,
      label,
      packages: await packages(),
      settle: async (root) => settle?.(root, environment),
      look: (root) => unpacked(root, environment),
    }
  }
}

/** Says what is missing, why it could not be had, and what a person can do. */
async function adviceFor(missing: readonly Need[], cause: unknown): Promise<SetupError> {
  const wanted = missing.map((need) => recipes[need])
  const packages = (await Promise.all(wanted.map((it) => it.packages()))).flat()
  const overrides = wanted.flatMap((it) => it.overrides)
  const why = cause instanceof Error ? cause.message : String(cause)
  const set = overrides.length === 0 ? '' : `, or set ${listed(overrides)}`
  return new SetupError(
    `cannot find ${listed(wanted.map((it) => it.label))}, nor fetch: ${why}; install ${listed(packages)} with your package manager${set}`,
    cause,
  )
}
