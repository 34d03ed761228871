import { expect, test } from 'vitest'
import type { Scope } from '../../../../../api/core/call-center/agents/scope.ts'
import { decideUndo } from '../../../../../api/core/call-center/leads/import-undo.ts'
import type { BatchLeads, ImportOptions } from '../../../../../api/core/call-center/leads/lead-import.ts'
import { createAgentStore } from '../../../../../api/store/sql/call-center/agents.ts'
import { createLeadImportUndoStore } from '../../../../../api/store/sql/call-center/lead-import-undo.ts'
import { createLeadImportStore } from '../../../../../api/store/sql/call-center/lead-imports.ts'
import { createLeadStore } from '../../../../../api/store/sql/call-center/leads.ts'
import type { Database } from '../../../../../api/store/sql/database.ts'
import { newLead } from '../../../../support/fixtures/leads.ts'
import { until } from '../../../../support/fixtures/users.ts'
import { onBothEngines } from '../engines.ts'

const ALL: Scope = { sees: 'all' }
const options: ImportOptions = {
  ...{
    delimiter: ',',
    columns: [],
    mapping: null,
    fileName: 'list.csv',
    duplicates: 'update',
    dryRun: false,
  },
  ...{ campaignId: null, agentId: null, owner: { agentId: null, team: null }, scope: ALL },
}
const NOTHING = { added: 0, updated: 0, skipped: 0, errors: [], warnings: [] }

onBothEngines((engine) => {
  const open = async () => {
    const db = await engine.tables()
    const [imports, undo, leads] = [
      createLeadImportStore(db),
      createLeadImportUndoStore(db),
      createLeadStore(db),
    ]
    async function runImport(work: (batch: BatchLeads) => Promise<void>) {
      const job = await imports.add({ agentId: '1', options, total: 1 }, ['phone\n'], 1)
      const run = async (batch: BatchLeads) => {
        await work(batch)
        return { ...NOTHING, rows: 1 }
      }
      await imports.runBatch({ id: job.id, processed: 0 }, run, { maxReported: 9, now: 2 })
      await imports.finish(job.id, 'done', 3)
      return job.id
    }
    async function runUndo(id: string, limit = 2) {
      await undo.beginUndo(id, 4)
      for (;;) {
        const job = await undo.runUndoBatch(id, limit, decideUndo, 5)
        if (job?.undo.state !== 'running') return job?.undo
      }
    }
    return { db, imports, undo, leads, runImport, runUndo }
  }
  const rename = (lastName: string) => () => ({ changes: { lastName } })
  const countChanges = async (db: Database) =>
    (await db.query.selectFrom('lead_import_changes').select('lead_id').execute()).length

  test('an undo removes unused leads of its import, restores updated ones, and reports the others', async () => {
    const { db, undo, leads, runImport, runUndo } = await open()
    const known = await leads.add(newLead({ lastName: 'Before', email: 'a@example.org' }), undefined, 1)
    const changed = await leads.add(newLead({ lastName: 'Before' }), undefined, 1)
    let made: string[] = []
    const id = await runImport(async (batch) => {
      made = (
        await batch.add(
          ['A', 'B', 'C', 'D', 'E'].map((lastName) => ({
            lead: newLead({ lastName }),
            doNotCall: undefined,
          })),
        )
      ).map((lead) => lead.id)
      await batch.change(known.id, ALL, rename('Once'))
      await batch.change(known.id, ALL, rename('Twice'))
      await batch.change(changed.id, ALL, rename('Imported'))
    })
    const [edited = '', noted = '', called = '', deleted = '', unused = ''] = made
    await leads.change(edited, ALL, rename('Edited'), 3)
    await leads.change(changed.id, ALL, rename('Edited'), 3)
    await leads.addNote({ leadId: noted, agentId: '1', content: 'x', createdAt: 3 }, ALL)
    await db.query
      .insertInto('agent_calls')
      .values({
        ...{ call_id: 'c1', agent_id: 1, lead_id: Number(called), campaign_id: null },
        ...{ number: '1', created_at: 3, outcome: null },
      })
      .execute()
    await leads.remove(deleted, ALL, () => {})

    expect(await runUndo(id)).toEqual({ state: 'done', removed: 1, restored: 1, left: 5 })
    expect(await leads.find(unused, ALL)).toBeUndefined()
    expect(await leads.find(known.id, ALL)).toMatchObject({
      lastName: 'Before',
      email: 'a@example.org',
      version: 4,
    })
    expect(await undo.listLeft(id, 100)).toEqual([
      { leadId: changed.id, name: 'John Edited', reason: 'changed' },
      { leadId: edited, name: 'John Edited', reason: 'changed' },
      { leadId: noted, name: 'John B', reason: 'noted' },
      { leadId: called, name: 'John C', reason: 'called' },
      { leadId: deleted, name: null, reason: 'deleted' },
    ])
    expect(await undo.beginUndo(id, 9)).toBeUndefined()
  })

  test('a restored lead is in the team that its agent has now', async () => {
    const { db, leads, runImport, runUndo } = await open()
    const agents = createAgentStore(db)
    const addAgent = async (team: string) =>
      (await agents.add({ userId: null, name: team, kind: 'human', team }, 1, until)).id
    const [first, second] = [await addAgent('sales'), await addAgent('support')]
    const owned = { agentId: first, team: 'sales' }
    const [stays, moves] = [
      await leads.add(newLead(owned), undefined, 1),
      await leads.add(newLead(owned), undefined, 1),
    ]
    const id = await runImport(async (batch) => {
      await batch.change(stays.id, ALL, rename('Imported'))
      await batch.change(moves.id, ALL, () => ({ changes: { agentId: second, team: 'support' } }))
    })
    await agents.update(first, { team: 'export' }, 1, 4, until)
    expect(await runUndo(id)).toMatchObject({ restored: 2 })
    for (const lead of [stays, moves]) {
      expect(await leads.find(lead.id, ALL)).toMatchObject({ agentId: first, team: 'export' })
    }
  })

  test('a lead that an import updates twice has its first state again, unless a user changed it in between', async () => {
    const { leads, imports, runUndo } = await open()
    const add = async () => (await leads.add(newLead({ lastName: 'Before' }), undefined, 1)).id
    const [plain, edited] = [await add(), await add()]
    const job = await imports.add({ agentId: '1', options, total: 2 }, [], 1)
    const importBoth = (processed: number, lastName: string) =>
      imports.runBatch(
        { id: job.id, processed },
        async (batch) => {
          for (const id of [plain, edited]) await batch.change(id, ALL, rename(lastName))
          return { ...NOTHING, rows: 1 }
        },
        { maxReported: 9, now: 2 },
      )
    await importBoth(0, 'One')
    await leads.change(edited, ALL, rename('Edited'), 3)
    await importBoth(1, 'Two')
    await imports.finish(job.id, 'done', 3)
    expect(await runUndo(job.id)).toEqual({ state: 'done', removed: 0, restored: 1, left: 1 })
    expect((await leads.find(plain, ALL))?.lastName).toBe('Before')
    expect((await leads.find(edited, ALL))?.lastName).toBe('Two')
  })

  test('an undo that stops after a batch goes on where it was, and none runs without being begun', async () => {
    const { undo, leads, runImport } = await open()
    const id = await runImport(async (batch) => {
      await batch.add(Array.from({ length: 5 }, () => ({ lead: newLead(), doNotCall: undefined })))
    })
    expect(await undo.runUndoBatch(id, 2, decideUndo, 4)).toBeUndefined()
    expect((await undo.beginUndo(id, 4))?.undo.state).toBe('running')
    expect(await undo.beginUndo(id, 4)).toBeUndefined()
    expect((await undo.runUndoBatch(id, 2, decideUndo, 5))?.undo).toMatchObject({
      state: 'running',
      removed: 2,
    })
    expect(await undo.claimAbandonedUndo(5, 6)).toBeUndefined()
    expect((await undo.claimAbandonedUndo(6, 7))?.id).toBe(id)
    expect((await undo.runUndoBatch(id, 9, decideUndo, 8))?.undo).toMatchObject({ state: 'done', removed: 5 })
    expect(await leads.count(ALL, {}, 9)).toBe(0)
  })

  test('what an old import changed is deleted, part by part, and then it cannot be undone', async () => {
    const { db, imports, undo, runImport } = await open()
    const id = await runImport(async (batch) => {
      await batch.add(Array.from({ length: 3 }, () => ({ lead: newLead(), doNotCall: undefined })))
    })
    await undo.purgeChanges(1, 2)
    expect(await countChanges(db)).toBe(3)
    await undo.purgeChanges(2, 2)
    expect(await countChanges(db)).toBe(1)
    expect((await imports.find(id, undefined))?.undo.state).toBe('expired')
    await undo.purgeChanges(2, 2)
    expect(await countChanges(db)).toBe(0)
    expect(await undo.beginUndo(id, 9)).toBeUndefined()
  })

  test('imports are listed with the newest first, those of one agent or all', async () => {
    const { imports } = await open()
    const add = (agentId: string) => imports.add({ agentId, options, total: 1 }, [], 1)
    const [first, second, third] = [await add('1'), await add('2'), await add('1')]
    const ids = async (agentId: string | undefined, before?: string) =>
      (await imports.list(agentId, { before, limit: 2 })).map((job) => job.id)
    expect(await ids(undefined)).toEqual([third.id, second.id])
    expect(await ids(undefined, second.id)).toEqual([first.id])
    expect(await ids('1')).toEqual([third.id, first.id])
    expect(await imports.count('1')).toBe(2)
    expect(first.options.fileName).toBe('list.csv')
  })
})
