import { setTimeout as sleep } from 'node:timers/promises'
import { newId } from '../../api/core/auth/tokens.ts'
import { freePort } from '../support/free-port.ts'
import { connectGateClient, type GateClient } from './gate-client.ts'
import { startNginx, startSidecar } from './hookswitch-processes.ts'
import type { BenchOptions } from './options.ts'
import type { RevocationResult } from './results.ts'
import { percentile } from './statistics.ts'
import { type BenchPrograms, MEDIA_FILE, type Testbed, withTestbed } from './testbed.ts'
import { revoke, sessionRevocation } from './write-revocations.ts'
import { runWrk } from './wrk.ts'

const SIDECARS = 4

/** How long after a revocation is sent to Redis each of several sidecars refuses, idle and under load. */
export function measureRevocation(
  programs: BenchPrograms,
  options: BenchOptions,
  say: (line: string) => void,
) {
  return withTestbed(programs, async (bed): Promise<RevocationResult[]> => {
    const names = Array.from({ length: SIDECARS }, (_, n) => `sidecar-${n + 1}`)
    const sidecars = await Promise.all(names.map((name) => startSidecar(bed, name)))
    const sockets = sidecars.map(({ socket }) => socket)
    const port = await freePort()
    await startNginx(bed, programs, { name: 'nginx', port, sidecars: sockets })
    const askers = await Promise.all(sockets.map(connectGateClient))
    const token = await bed.issueToken()
    for (const asker of askers) await waitUntilAccepted(asker, token)

    say(`revocation: ${options.revocations} over ${SIDECARS} sidecars, idle`)
    const idle = await revokeMany(bed, askers, options.revocations)

    say(`revocation: ${options.revocations} over ${SIDECARS} sidecars, under load`)
    const url = `http://127.0.0.1:${port}/media/${MEDIA_FILE}`
    let done = false
    const loading = (async () => {
      while (!done) await runWrk(programs.wrk, url, token, 2)
    })()
    // Without a listener of its own a failure in here would end the process before `finally` is reached.
    loading.catch(() => {})
    try {
      await sleep(1_000)
      const loaded = await revokeMany(bed, askers, options.revocations)
      done = true
      await loading
      return [summary('idle', idle), summary('loaded', loaded)]
    } finally {
      done = true
      for (const asker of askers) asker.close()
      await loading.catch(() => {})
    }
  })
}

async function revokeMany(bed: Testbed, askers: readonly GateClient[], many: number): Promise<number[]> {
  const samples: number[] = []
  for (let n = 0; n < many; n += 1) {
    const sid = newId()
    const token = await bed.issueToken(sid)
    // Seen before by each, as the token of an active user is.
    for (const asker of askers) await waitUntilAccepted(asker, token)
    await sleep(Math.random() * 20)
    const startedAt = performance.now()
    const refusals = askers.map(async (asker) => {
      while ((await asker.check(token)) !== 401);
      samples.push(performance.now() - startedAt)
    })
    await Promise.all([revoke(bed.redis, [sessionRevocation(sid)]), ...refusals])
  }
  return samples
}

/** A sidecar cannot judge until it has read the log. */
async function waitUntilAccepted(asker: GateClient, token: string): Promise<void> {
  const until = performance.now() + 20_000
  for (let status = await asker.check(token); status !== 204; status = await asker.check(token)) {
    if (performance.now() > until) throw new Error(`a sidecar says ${status} to a good token`)
    await sleep(20)
  }
}

const summary = (load: RevocationResult['load'], samples: readonly number[]): RevocationResult => ({
  load,
  revocations: samples.length / SIDECARS,
  sidecars: SIDECARS,
  p50Ms: percentile(samples, 0.5),
  p99Ms: percentile(samples, 0.99),
  maxMs: percentile(samples, 1),
})
