import { describe, expect, test, vi } from 'vitest'
import type { CallCenterActor } from '../../../../../api/core/call-center/agents/call-center-actor.ts'
import type { LeadImport, UndoState } from '../../../../../api/core/call-center/leads/lead-import.ts'
import {
  createLeadImportUndo,
  type LeadImportUndoNeeds,
} from '../../../../../api/core/call-center/leads/lead-import-undo.ts'
import type { WorkClock } from '../../../../../runtime/paced-work.ts'
import { createFakeClock } from '../../../../support/fixtures/work-clock.ts'

const ADMIN = { role: 'admin', agent: { id: '1' } } as CallCenterActor // the parts that it uses
const OTHER = { role: 'supervisor', agent: { id: '2' } } as CallCenterActor

/** An import of agent 1 that takes so many batches to undo. */
function createFixture({
  state = 'possible' as UndoState,
  isRunning = false,
  dryRun = false,
  batches = 3,
  failsAt = 0,
  clock = undefined as WorkClock | undefined,
  onBatch = () => {},
}) {
  const job = {
    id: '9',
    state: isRunning ? 'running' : 'done',
    options: { dryRun },
    undo: { state, removed: 0, restored: 0, left: 0 },
  } as LeadImport // the parts that it uses
  const errors: unknown[] = []
  let runs = 0
  const store: LeadImportUndoNeeds['store'] = {
    find: async (_, agentId) => (agentId === undefined || agentId === '1' ? job : undefined),
    async beginUndo() {
      if (job.undo.state !== 'possible' || isRunning) return undefined
      job.undo.state = 'running'
      return job
    },
    async runUndoBatch() {
      runs += 1
      onBatch()
      if (runs === failsAt) throw new Error('the store is away')
      if (runs >= batches) job.undo.state = 'done'
      return job
    },
    listLeft: async () => [],
    claimAbandonedUndo: async () => (job.undo.state === 'running' ? job : undefined),
    purgeChanges: async () => {},
  }
  const undo = createLeadImportUndo({
    store,
    now: () => 1_000,
    onError: (err) => errors.push(err),
    ...(clock && { clock }),
  })
  return { undo, job, errors, runs: () => runs }
}

describe('undo of an import', () => {
  test('works at most half of the time', async () => {
    const { clock, work, rests } = createFakeClock()
    const { undo, job } = createFixture({ batches: 4, clock, onBatch: () => work(50) })
    await undo.start(ADMIN, '9')
    await vi.waitFor(() => expect(job.undo.state).toBe('done'))
    expect(rests).toEqual([50, 50, 50])
  })
  test('runs batch after batch, once', async () => {
    const { undo, job, runs } = createFixture({ batches: 3 })
    expect((await undo.start(ADMIN, '9')).undo.state).toBe('running')
    await undo.start(ADMIN, '9')
    await vi.waitFor(() => expect(job.undo.state).toBe('done'))
    expect((await undo.start(ADMIN, '9')).undo.state).toBe('done')
    expect(runs()).toBe(3)
  })
  test('is continued after its process has failed', async () => {
    const { undo, job, errors } = createFixture({ failsAt: 2 })
    await undo.start(ADMIN, '9')
    await vi.waitFor(() => expect(errors).toHaveLength(1))
    expect(job.undo.state).toBe('running')
    await undo.resumeAbandoned()
    expect(job.undo.state).toBe('done')
  })
  test.each([
    ['that is running', { isRunning: true }, 'the import is still running'],
    ['that changed nothing', { state: 'none', dryRun: true }, 'a dry run has changed nothing'],
    ['that is too old', { state: 'expired' }, 'an import can be undone for 30 days'],
    ['of an older release', { state: 'none' }, 'what this import changed was not stored'],
  ] as const)('is refused for one %s', async (_, kind, detail) => {
    await expect(createFixture(kind).undo.start(ADMIN, '9')).rejects.toMatchObject({
      code: 'conflict',
      detail,
    })
  })
  test('of another agent does not exist, unless an admin asks', async () => {
    const { undo } = createFixture({})
    await expect(undo.start(OTHER, '9')).rejects.toMatchObject({ code: 'not_found' })
    await expect(undo.listLeft(OTHER, '9')).rejects.toMatchObject({ code: 'not_found' })
    expect(await undo.listLeft(ADMIN, '9')).toEqual([])
  })
})
