import type { VariantName } from './variants.ts'

/** One variant under load, once. */
export interface Measured {
  requestsPerSecond: number
  p50Ms: number
  p99Ms: number
  cpuSecondsPer10k: number
}
export type Round = Record<VariantName, Measured>

export interface VariantResult extends Measured {
  name: VariantName
  title: string
  statusWithToken?: number
  statusWithoutToken?: number
  requestsToLimit: number
  requestsToFloor: number
  cpuToFloor: number
}

export interface GateResult {
  variants: VariantResult[]
  rounds: Round[]
}

/** From the moment a revocation is sent to Redis to a sidecar's refusal. */
export interface RevocationResult {
  load: 'idle' | 'loaded'
  revocations: number
  sidecars: number
  p50Ms: number
  p99Ms: number
  maxMs: number
}

export interface MemoryResult {
  entries: number
  redisStreamMb: number
  /** From the sidecar's first breath to its first yes. */
  readSeconds: number
  rssEmptyMb: number
  rssMb: number
  rssPeakMb: number
  /** Answers while it reads: all of them "cannot judge yet", but an answer late is a request late. */
  reading: Latency
  after: Latency
}
export interface Latency {
  samples: number
  p50Ms: number
  p99Ms: number
  maxMs: number
}

export interface Machine {
  date: string
  cpu: string
  cores: number
  memoryGb: number
  kernel: string
  node: string
  nginx: string
  redis: string
  /** How many programs wanted a core in the minute before (load average): above a half, others spoil the run. */
  loadBefore: number
}

export const isBusy = ({ loadBefore }: Pick<Machine, 'loadBefore'>): boolean => loadBefore > 0.5

export interface Results {
  machine: Machine
  settings: { rounds: number; seconds: number; connections: number; threads: number }
  gate?: GateResult
  revocation?: RevocationResult[]
  memory?: MemoryResult
  goals: Goal[]
}

export interface Goal {
  goal: string
  measured: string
  met: boolean
}

/** What Hookswitch set out to reach, and whether this run saw it. */
export function goalsOf(gate: GateResult | undefined): Goal[] {
  const ours = gate?.variants.find((one) => one.name === 'hookswitch')
  if (gate === undefined || ours === undefined) return []
  const peers = gate.variants.filter((one) => one.name === 'fastify' || one.name === 'express')
  const best = Math.max(...peers.map((one) => one.requestsToFloor))
  const leanest = Math.min(...peers.map((one) => one.cpuToFloor))
  const goal = (text: string, measured: string, met: boolean) => ({ goal: text, measured, met })
  const { requestsToFloor: requests, cpuToFloor: cpu } = ours
  return [
    goal("at least 0.95 of the floor's requests/s", requests.toFixed(2), requests >= 0.95),
    goal("at most 1.10 of the floor's CPU", cpu.toFixed(2), cpu <= 1.1),
    goal(
      'more requests/s than every peer',
      `${requests.toFixed(2)} to ${best.toFixed(2)} of the floor`,
      requests > best,
    ),
    goal(
      'less CPU than every peer',
      `${cpu.toFixed(2)} to ${leanest.toFixed(2)} of the floor`,
      cpu < leanest,
    ),
  ]
}
