import { setTimeout as sleep } from 'node:timers/promises'
import type { BenchOptions } from './options.ts'
import { cpuSeconds } from './process-usage.ts'
import type { GateResult, Measured, Round } from './results.ts'
import { median, shuffled } from './statistics.ts'
import { type BenchPrograms, withTestbed } from './testbed.ts'
import { startVariants, type Variant, type VariantName } from './variants.ts'
import { runWrk } from './wrk.ts'

/** Loads every variant once a round, in random order, and compares them round by round. */
export function measureGate(programs: BenchPrograms, options: BenchOptions, say: (line: string) => void) {
  return withTestbed(programs, async (bed): Promise<GateResult> => {
    const variants = await startVariants(bed, programs)
    const token = await bed.issueToken()
    const proofs = await Promise.all(variants.map((one) => verifyVariant(one, token)))
    const rounds: Round[] = []
    for (let n = 1; n <= options.rounds; n += 1) {
      const measured = new Map<VariantName, Measured>()
      for (const variant of shuffled(variants)) {
        measured.set(variant.name, await retried(() => measure(variant, token, programs, options), say))
      }
      const round = Object.fromEntries(measured) as Round // every variant is in it, by the loop above
      rounds.push(round)
      const share = round.hookswitch.requestsPerSecond / round.floor.requestsPerSecond
      say(`gate: round ${n} of ${options.rounds}, Hookswitch at ${share.toFixed(2)} of the floor`)
    }
    return { variants: variants.map((one, at) => ({ ...summary(one, rounds), ...proofs[at] })), rounds }
  })
}

/** @throws {Error} when it does not serve a token, or serves without one although it should guard */
async function verifyVariant({ name, url, guards }: Variant, token: string) {
  const status = async (headers: Record<string, string>) => {
    const res = await fetch(url, { headers })
    await res.arrayBuffer()
    return res.status
  }
  let withToken = 0
  // A sidecar answers 503 until it has read the log.
  for (let tries = 0; tries < 100 && withToken !== 200; tries += 1) {
    withToken = await status({ Authorization: `Bearer ${token}` })
    if (withToken !== 200) await sleep(50)
  }
  const withoutToken = await status({})
  if (withToken !== 200 || withoutToken !== (guards ? 401 : 200)) {
    throw new Error(`${name} says ${withToken} with a token and ${withoutToken} without`)
  }
  return { statusWithToken: withToken, statusWithoutToken: withoutToken }
}

/** An invalid measurement is repeated; three in a row are an error. */
async function retried<T>(work: () => Promise<T>, say: (line: string) => void, left = 2): Promise<T> {
  try {
    return await work()
  } catch (err) {
    if (left === 0) throw err
    say(`gate: measured again, as it was ${err instanceof Error ? err.message : err}`)
    return retried(work, say, left - 1)
  }
}

async function measure(
  { url, pids }: Variant,
  token: string,
  { wrk }: BenchPrograms,
  { seconds, warmUpSeconds }: BenchOptions,
): Promise<Measured> {
  await runWrk(wrk, url, token, warmUpSeconds)
  const cpu = () => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0)
  const before = cpu()
  const { requests, ...loaded } = await runWrk(wrk, url, token, seconds)
  return { ...loaded, cpuSecondsPer10k: ((cpu() - before) / requests) * 10_000 }
}

/** Medians; those of ratios are taken from each round's own, as only what ran side by side can be compared. */
function summary({ name, title }: Variant, rounds: readonly Round[]) {
  const middle = (read: (round: Round) => number) => median(rounds.map(read))
  const ratio = (base: VariantName, what: keyof Measured) =>
    middle((round) => round[name][what] / round[base][what])
  return {
    name,
    title,
    requestsPerSecond: middle((round) => round[name].requestsPerSecond),
    p50Ms: middle((round) => round[name].p50Ms),
    p99Ms: middle((round) => round[name].p99Ms),
    cpuSecondsPer10k: middle((round) => round[name].cpuSecondsPer10k),
    requestsToLimit: ratio('limit', 'requestsPerSecond'),
    requestsToFloor: ratio('floor', 'requestsPerSecond'),
    cpuToFloor: ratio('floor', 'cpuSecondsPer10k'),
  }
}
