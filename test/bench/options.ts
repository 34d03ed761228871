import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

export const HELP = `Usage: npm run bench [-- <options>]

Measures the gate beside a floor, a limit and two peers; how long a revocation takes to bite; what a
million revocations weigh; and lists of 100 000 leads. A whole run takes about nine minutes and is written to docs/bench/.
Nothing else should run on the machine meanwhile.

  --only <part>    gate, revocation, memory or leads; not written to docs/bench/
  --quick          a short run that proves that it works; not written to docs/bench/
  --rounds <n>     rounds of the gate, each with every variant once, in random order
  --seconds <n>    how long each variant is loaded in a round
  --out <folder>   where to write the results instead
  --help           show this`

export const PARTS = ['gate', 'revocation', 'memory', 'leads'] as const
export type BenchPart = (typeof PARTS)[number]

export interface BenchOptions {
  parts: readonly BenchPart[]
  rounds: number
  seconds: number
  warmUpSeconds: number
  revocations: number
  /** How many revocations the log holds in the memory part. */
  entries: number
  /** How many leads there are in the leads part. */
  leads: number
  quick: boolean
  /** Where to write; undefined for nowhere. */
  out: string | undefined
}

/** @throws {Error} naming the option that cannot be used; undefined where help is asked for */
export function readOptions(args: string[], docs: string): BenchOptions | undefined {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      quick: { type: 'boolean' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      out: { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  if (values.help) return undefined
  const { only, quick = false, out } = values
  const part = PARTS.find((one) => one === only)
  if (only !== undefined && part === undefined) throw new Error(`--only is one of ${PARTS.join(', ')}`)
  return {
    parts: part === undefined ? PARTS : [part],
    rounds: parseCount('rounds', values.rounds) ?? (quick ? 1 : 14),
    seconds: parseCount('seconds', values.seconds) ?? (quick ? 1 : 3),
    warmUpSeconds: 1,
    revocations: quick ? 20 : 300,
    entries: quick ? 20_000 : 1_000_000,
    leads: quick ? 2_000 : 100_000,
    quick,
    out: out !== undefined ? resolve(out) : quick || part !== undefined ? undefined : docs,
  }
}

function parseCount(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new Error(`--${name} is a whole number from 1 to 9999`)
  return Number(text)
}
