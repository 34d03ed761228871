import { describe, expect, test } from 'vitest'
import { DEFAULT_DISPOSITIONS } from '../../../../../api/core/call-center/desk/disposition.ts'
import { createCallRecordStore } from '../../../../../api/store/sql/call-center/call-records.ts'
import { createDeskStore } from '../../../../../api/store/sql/call-center/desk.ts'
import { createLeadStore } from '../../../../../api/store/sql/call-center/leads.ts'
import { addCampaign, addLead, leadOf, now } from '../../../../support/fixtures/campaign-rows.ts'
import { onBothEngines } from '../engines.ts'

const key = { callId: 'hk_1', agentId: '7' }
const stale = expect.objectContaining({ code: 'stale' })
const [qualified, reached] = DEFAULT_DISPOSITIONS
if (qualified === undefined || reached === undefined) throw new TypeError('there are nine of them')

describe('notes and results of calls', () => {
  onBothEngines((engine) => {
    async function setUp() {
      const db = await engine.tables()
      const leadId = await addLead(db, await addCampaign(db))
      const records = createCallRecordStore(db)
      const notes = async () => (await createLeadStore(db).listNotes(leadId, 9)).map(({ content }) => content)
      const save = (text: string, revision: number) => records.saveNote(key, { leadId, text, revision, now })
      const result = { leadId, scope: { sees: 'all' }, campaignId: null, now } as const
      const saveResult = (disposition = qualified, text?: string, revision?: number) =>
        records.saveResult(key, {
          ...result,
          disposition,
          note: text === undefined ? undefined : { text, revision },
          update: () => ({ changes: { status: disposition?.leadStatus ?? 'new' } }),
        } as Parameters<typeof records.saveResult>[1]) // both dispositions exist
      return { db, leadId, records, notes, save, saveResult, result }
    }

    test('a note is one note of the lead, however often it is stored', async () => {
      const { records, notes, save } = await setUp()
      expect(await records.findNote(key)).toBeUndefined()
      expect(await save('wants', 0)).toBe(1)
      expect(await save('wants an offer', 1)).toBe(2)
      expect(await notes()).toEqual(['wants an offer'])
      expect(await records.findNote(key)).toMatchObject({ text: 'wants an offer', revision: 2 })
      expect(await records.findNote({ ...key, agentId: '8' })).toBeUndefined()
    })

    test('an empty note is none, and can be written again', async () => {
      const { records, notes, save } = await setUp()
      await save('wants', 0)
      expect(await save(' ', 1)).toBe(2)
      expect(await notes()).toEqual([])
      expect(await records.findNote(key)).toEqual({ noteId: null, text: '', revision: 2 })
      await save('again', 2)
      expect(await notes()).toEqual(['again'])
    })

    test.each([
      ['older', 0],
      ['newer', 2],
    ])('a note with a revision that is %s than the stored one is refused', async (_, revision) => {
      const { notes, save } = await setUp()
      await save('first', 0)
      await expect(save('second', revision)).rejects.toThrow(stale)
      expect(await notes()).toEqual(['first'])
    })

    test('the same note again is no conflict, as its answer may have been lost', async () => {
      const { notes, save, saveResult } = await setUp()
      await save('first', 0)
      await expect(save('first', 0)).resolves.toBe(2)
      await saveResult(qualified, 'second', 2)
      expect(await saveResult(qualified, 'second', 2)).toBe(false)
      expect(await notes()).toEqual(['second'])
    })

    test('a result with a note that is stale is refused whole', async () => {
      const { records, notes, save, saveResult } = await setUp()
      await save('first', 0)
      await save('first, from another computer', 1)
      await expect(saveResult(qualified, 'first, here', 1)).rejects.toThrow(stale)
      expect([await notes(), await records.findResult(key)]).toEqual([
        ['first, from another computer'],
        undefined,
      ])
    })

    test('a note and a result of another lead of the same call are refused', async () => {
      const { db, records, notes, save, saveResult, result } = await setUp()
      const conflict = expect.objectContaining({ code: 'conflict' })
      const other = await addLead(db, await addCampaign(db))
      const toOther = (text: string, revision: number) =>
        records.saveNote(key, { leadId: other, text, revision, now })
      await save('about the first', 0)
      await expect(toOther('about the second', 1)).rejects.toThrow(conflict)
      expect(await notes()).toEqual(['about the first'])
      await save('', 1)
      await toOther('about the second', 2)
      expect(await notes()).toEqual([])
      await expect(save('about the first', 3)).rejects.toThrow(conflict)
      await saveResult(qualified)
      const second = records.saveResult(key, {
        ...result,
        ...{ leadId: other, disposition: qualified, note: undefined, update: () => ({ changes: {} }) },
      })
      await expect(second).rejects.toThrow(conflict)
    })

    test('a first note with a revision is refused, and nothing is stored', async () => {
      const { records, notes, save } = await setUp()
      await expect(save('first', 3)).rejects.toThrow(stale)
      expect([await notes(), await records.findNote(key)]).toEqual([[], undefined])
    })

    test('a result changes the lead once; again, it changes the note alone', async () => {
      const { db, leadId, records, notes, save, saveResult } = await setUp()
      await save('draft', 0)
      expect(await saveResult(qualified)).toBe(true)
      expect(await notes()).toEqual(['draft'])
      expect(await leadOf(db, leadId)).toMatchObject({ status: 'qualified', version: 2 })
      expect(await saveResult(qualified, 'final')).toBe(false)
      expect(await notes()).toEqual(['final'])
      expect(await leadOf(db, leadId)).toMatchObject({ status: 'qualified', version: 2 })
      expect(await records.findResult(key)).toEqual({ disposition: '1', name: 'Qualified', createdAt: now })
    })

    test('another result of the same call is refused, with its note', async () => {
      const { db, leadId, notes, saveResult } = await setUp()
      await saveResult(qualified, 'first')
      await expect(saveResult(reached, 'second')).rejects.toThrow(
        expect.objectContaining({ code: 'conflict' }),
      )
      expect(await notes()).toEqual(['first'])
      expect((await leadOf(db, leadId)).status).toBe('qualified')
    })

    test('a result that fails stores nothing', async () => {
      const { records, result } = await setUp()
      const refused = records.saveResult(key, {
        ...result,
        ...{
          scope: { sees: 'own', agentId: '9' },
          note: { text: 'x', revision: undefined },
          disposition: DEFAULT_DISPOSITIONS[0],
        },
        update: () => ({ changes: {} }),
      } as Parameters<typeof records.saveResult>[1]) // it exists
      await expect(refused).rejects.toThrow(expect.objectContaining({ code: 'not_found' }))
      expect([await records.findResult(key), await records.findNote(key)]).toEqual([undefined, undefined])
    })

    test('the same result twice at once is stored once', async () => {
      const { db, leadId, notes, saveResult } = await setUp()
      const both = await Promise.all([saveResult(qualified, 'x'), saveResult(qualified, 'x')])
      expect(both.sort()).toEqual([false, true])
      expect(await notes()).toEqual(['x'])
      expect((await leadOf(db, leadId)).version).toBe(2)
    })

    test('the desk lists earlier calls and notes, newest first, without those of this call', async () => {
      const { db, leadId, save, saveResult, records } = await setUp()
      const desk = createDeskStore(db)
      for (const [n, outcome] of (['busy', 'answered', null] as const).entries())
        await db.query
          .insertInto('agent_calls')
          .values({
            ...{ call_id: `hk_${n}`, agent_id: 7, lead_id: Number(leadId), campaign_id: null },
            ...{ number: '1', created_at: now + n, outcome },
          })
          .execute()
      await save('this call', 0)
      await saveResult(qualified)
      await createLeadStore(db).addNote(
        { leadId, agentId: null, content: 'earlier', createdAt: now },
        { sees: 'all' },
      )
      const note = await records.findNote(key)
      expect(await desk.notesOf(leadId, note?.noteId ?? null, 9)).toMatchObject([
        { content: 'earlier', agentName: null },
      ])
      expect(await desk.callsOf(leadId, 'hk_2', 9)).toMatchObject([
        { id: 'hk_1', outcome: 'answered', disposition: 'Qualified', talked: null },
        { id: 'hk_0', outcome: 'busy', disposition: null, talked: 0 },
      ])
      expect(await desk.callsOf(leadId, 'hk_2', 1)).toHaveLength(1)
      expect(await desk.lastLeadCallOf('7')).toMatchObject({ callId: 'hk_2', outcome: null })
      expect(await desk.lastLeadCallOf('8')).toBeUndefined()
      expect(await desk.attemptOf('7')).toBeUndefined()
    })
  })
})
