import { setTimeout as sleep } from 'node:timers/promises'
import { newId } from '../../api/core/auth/tokens.ts'
import { REVOCATION_LOG_KEY } from '../../contract/revocation-entries.ts'
import { connectGateClient } from './gate-client.ts'
import { startSidecar } from './hookswitch-processes.ts'
import type { BenchOptions } from './options.ts'
import { memoryMb } from './process-usage.ts'
import type { Latency, MemoryResult } from './results.ts'
import { percentile } from './statistics.ts'
import { type BenchPrograms, type Testbed, withTestbed } from './testbed.ts'
import { revoke, sessionRevocation } from './write-revocations.ts'

const BATCH = 10_000
const SAMPLES_AFTER = 20_000

/** What a log of many live revocations weighs, and how a sidecar that must read it all first behaves. */
export function measureMemory(programs: BenchPrograms, options: BenchOptions, say: (line: string) => void) {
  return withTestbed(programs, async (bed): Promise<MemoryResult> => {
    const empty = await startSidecar(bed, 'empty')
    await sleep(1_000)
    const rssEmptyMb = memoryMb(empty.pid).now

    say(`memory: writing ${options.entries} revocations`)
    for (let left = options.entries; left > 0; left -= BATCH) {
      await revoke(
        bed.redis,
        Array.from({ length: Math.min(BATCH, left) }, () => sessionRevocation(newId())),
      )
    }
    const bytes = Number(await bed.redis.memory('USAGE', REVOCATION_LOG_KEY, 'SAMPLES', 0))
    say('memory: a fresh sidecar reads them')
    return { entries: options.entries, redisStreamMb: bytes / 1e6, rssEmptyMb, ...(await read(bed)) }
  })
}

async function read(bed: Testbed) {
  const token = await bed.issueToken()
  const startedAt = performance.now()
  const { pid, socket } = await startSidecar(bed, 'fresh')
  const asker = await connectGateClient(socket)
  const time = async () => {
    const askedAt = performance.now()
    const status = await asker.check(token)
    return { status, ms: performance.now() - askedAt }
  }
  try {
    const reading: number[] = []
    for (;;) {
      const { status, ms } = await time()
      if (status === 204) break
      reading.push(ms)
      // A steady trickle, not a flood: its own load must not be what slows the reading down.
      await sleep(2)
    }
    const readSeconds = (performance.now() - startedAt) / 1000
    const after: number[] = []
    for (let n = 0; n < SAMPLES_AFTER; n += 1) after.push((await time()).ms)
    const { now, peak } = memoryMb(pid)
    return { readSeconds, rssMb: now, rssPeakMb: peak, reading: latency(reading), after: latency(after) }
  } finally {
    asker.close()
  }
}

const latency = (samples: readonly number[]): Latency => ({
  samples: samples.length,
  p50Ms: percentile(samples, 0.5),
  p99Ms: percentile(samples, 0.99),
  maxMs: percentile(samples, 1),
})
