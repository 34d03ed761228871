import { createPacedWork, type WorkClock } from '../../../../runtime/paced-work.ts'
import { toUnixSeconds } from '../../../../runtime/time.ts'
import { Refusal } from '../../refusal.ts'
import type { CallCenterActor } from '../agents/call-center-actor.ts'
import {
  decideUndo,
  type ImportChange,
  type LeftReason,
  type UndoStep,
  type UndoSubject,
} from './import-undo.ts'
import type { LeadImport } from './lead-import.ts'

/** Undoes imports in the background. */
export interface LeadImportUndo {
  /**
   * Begins to undo an import that has ended. An import that is being undone, or was, is returned as it is.
   * @throws {Refusal} `not_found`; `conflict` for an import that is running or cannot be undone
   */
  start(actor: CallCenterActor, id: string): Promise<LeadImport>
  /** The leads that the undo did not change, by id: the first 1000. @throws {Refusal} `not_found` */
  listLeft(actor: CallCenterActor, id: string): Promise<LeftLead[]>
  /** Continues one undo after its process has died, and deletes what is too old to be undone. */
  resumeAbandoned(): Promise<void>
  /** Stops after the current batch; another process continues. */
  close(): Promise<void>
}

/** A lead that an undo did not change. */
export interface LeftLead {
  leadId: string
  /** Null: the lead was deleted. */
  name: string | null
  reason: LeftReason
}

export interface LeadImportUndoStore {
  find(id: string, agentId: string | undefined): Promise<LeadImport | undefined>
  /** @returns undefined if it is not in the state `possible`, or still running */
  beginUndo(id: string, now: number): Promise<LeadImport | undefined>
  /**
   * Undoes some changes in one transaction; without any left, the undo is done.
   * @returns undefined if the undo is not running
   */
  runUndoBatch(
    id: string,
    limit: number,
    decide: (change: ImportChange, found: UndoSubject | undefined) => UndoStep,
    now: number,
  ): Promise<LeadImport | undefined>
  listLeft(id: string, limit: number): Promise<LeftLead[]>
  /** Claims a running undo that no process has advanced since `before`. */
  claimAbandonedUndo(before: number, now: number): Promise<LeadImport | undefined>
  /** Deletes some of the stored changes of imports from before. */
  purgeChanges(before: number, limit: number): Promise<void>
}

export interface LeadImportUndoNeeds {
  store: LeadImportUndoStore
  now: () => number
  onError: (err: unknown) => void
  /** By default real time. */
  clock?: WorkClock
}

/** How long an import can be undone. */
export const UNDO_DAYS = 30
const BATCH_LEADS = 100
const PURGE_BATCH = 2_000
const MAX_LEFT = 1_000
/** Seconds without progress after which the process of an undo counts as dead. */
const ABANDONED_S = 15

export function createLeadImportUndo({ store, now, onError, clock }: LeadImportUndoNeeds): LeadImportUndo {
  const nowS = () => toUnixSeconds(now())
  const running = new Set<Promise<void>>()
  let closing = false

  async function run(id: string): Promise<void> {
    const pace = createPacedWork(clock)
    try {
      for (;;) {
        if (closing) return
        const job = await store.runUndoBatch(id, BATCH_LEADS, decideUndo, nowS())
        if (job?.undo.state !== 'running') return
        await pace()
      }
    } catch (err) {
      // `resumeAbandoned` continues it.
      onError(err)
    }
  }
  function runTracked(id: string): Promise<void> {
    const done = run(id).finally(() => running.delete(done))
    running.add(done)
    return done
  }
  async function requireImport({ role, agent }: CallCenterActor, id: string): Promise<LeadImport> {
    const job = await store.find(id, role === 'admin' ? undefined : agent.id)
    if (job === undefined) throw new Refusal('not_found', { detail: 'no such import' })
    return job
  }

  return {
    async start(actor, id) {
      const job = await requireImport(actor, id)
      if (job.undo.state === 'running' || job.undo.state === 'done') return job
      const begun = await store.beginUndo(id, nowS())
      if (begun === undefined)
        throw new Refusal('conflict', { detail: whyNot(await requireImport(actor, id)) })
      void runTracked(id)
      return begun
    },
    async listLeft(actor, id) {
      await requireImport(actor, id)
      return store.listLeft(id, MAX_LEFT)
    },
    async resumeAbandoned() {
      const job = await store.claimAbandonedUndo(nowS() - ABANDONED_S, nowS())
      if (job !== undefined && !closing) await runTracked(job.id)
      await store.purgeChanges(nowS() - UNDO_DAYS * 86_400, PURGE_BATCH)
    },
    async close() {
      closing = true
      await Promise.all(running)
    },
  }
}

function whyNot({ state, options, undo }: LeadImport): string {
  if (state === 'running') return 'the import is still running'
  if (options.dryRun) return 'a dry run has changed nothing'
  if (undo.state === 'expired') return `an import can be undone for ${UNDO_DAYS} days`
  return 'what this import changed was not stored'
}
