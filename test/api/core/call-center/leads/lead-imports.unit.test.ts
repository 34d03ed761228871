import { expect, test } from 'vitest'
import type { CallCenterActor } from '../../../../../api/core/call-center/agents/call-center-actor.ts'
import type { LeadImport } from '../../../../../api/core/call-center/leads/lead-import.ts'
import {
  createLeadImports,
  type LeadImportsNeeds,
} from '../../../../../api/core/call-center/leads/lead-imports.ts'
import { createDialPolicy } from '../../../../../api/core/dial-policy/create-dial-policy.ts'
import { PolicyFile } from '../../../../../api/core/dial-policy/policy-file.ts'
import { createFakeClock } from '../../../../support/fixtures/work-clock.ts'

const ADMIN = { role: 'admin', agent: { id: '1', team: null }, scope: { sees: 'all' } } as CallCenterActor // the parts that it uses
const policy = createDialPolicy(PolicyFile.parse({ country: 'DE' }))
const BATCH_MS = 40

test('a large import stores few rows at once, and works at most half of the time', async () => {
  const { clock, work, rests } = createFakeClock()
  const batches: number[] = []
  let list: readonly string[] = []
  let end: (result: string) => void = () => {}
  const ended = new Promise<string>((resolve) => {
    end = resolve
  })
  const store = {
    countRunning: async () => 0,
    async add({ options, total }: Pick<LeadImport, 'options' | 'total'>, chunks: readonly string[]) {
      list = chunks
      return { id: '9', options, total, processed: 0 } as LeadImport // the parts that it uses
    },
    async *readChunks() {
      yield* list
    },
    async runBatch(job: LeadImport, run: Parameters<LeadImportsNeeds['store']['runBatch']>[1]) {
      const { rows } = await run({
        findByNumber: async () => [],
        add: async () => [],
        change: async () => expect.unreachable(),
      })
      batches.push(rows)
      work(BATCH_MS)
      return { ...job, processed: job.processed + rows }
    },
    async finish(_: string, result: string) {
      end(result)
    },
  } as unknown as LeadImportsNeeds['store'] // what one import calls
  const imports = createLeadImports({
    store,
    agents: { find: async () => undefined },
    campaigns: { find: async () => undefined },
    policy: () => policy,
    now: () => 0,
    onError: (err) => end(String(err)),
    clock,
  })
  const rows = Array.from({ length: 450 }, (_, at) => `Ada,+4930${100_000 + at}\n`)
  const request = { campaignId: null, agentId: null, duplicates: 'skip', dryRun: false } as const
  await imports.start(ADMIN, async () => ['name,phone\n', ...rows], request)
  expect(await ended).toBe('done')
  expect(batches.reduce((sum, one) => sum + one, 0)).toBe(450)
  expect(Math.max(...batches)).toBeLessThanOrEqual(100)
  expect(rests.reduce((sum, ms) => sum + ms, 0)).toBe(batches.length * BATCH_MS)
})
