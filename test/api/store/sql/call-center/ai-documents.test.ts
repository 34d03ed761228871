import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import type {
  DocumentStore,
  VersionedDocument,
  WriteContext,
} from '../../../../../api/core/call-center/ai/document-store.ts'
import { Refusal } from '../../../../../api/core/refusal.ts'
import { createDocumentStore } from '../../../../../api/store/sql/call-center/ai-documents.ts'
import type { Database } from '../../../../../api/store/sql/database.ts'
import { onBothEngines } from '../engines.ts'

onBothEngines(({ tables }) => {
  let db: Database
  let store: DocumentStore
  beforeEach(async () => {
    db = await tables()
    store = createDocumentStore(db)
  })
  const settings = (systemPrompt: string) => ({
    systemPrompt,
    greetingMessage: null,
    voiceId: null,
    language: 'en-US',
    maxResponseTokens: 500,
    temperature: 0.7,
  })
  const template = (name: string) => ({ name, category: 'a', content: 'b', variables: [] })
  const context = (difference: Partial<WriteContext> = {}): WriteContext => ({
    changedBy: '7',
    now: 100,
    version: undefined,
    ...difference,
  })
  const put = (key: string, prompt: string, difference: Partial<WriteContext> = {}) =>
    store.put('settings', key, { ...context(difference), body: settings(prompt), createIfMissing: true })
  const putTemplate = (key: string, name: string, createIfMissing = true) =>
    store.put('template', key, { ...context(), body: template(name), name, createIfMissing })

  describe('documents', () => {
    test('are created, then changed, and can be read at each version', async () => {
      const first = await put('1', 'one')
      expect(first).toMatchObject({ isNew: true, document: { version: 1, createdAt: 100, updatedAt: 100 } })
      const second = await put('1', 'two', { now: 200, version: 1 })
      expect(second).toMatchObject({ isNew: false, document: { version: 2, createdAt: 100, updatedAt: 200 } })
      expect(await store.find('settings', '1')).toEqual(second.document)
      expect(await store.find('settings', '1', 1)).toEqual(first.document)
      expect(await store.find('settings', '1', 2)).toEqual(second.document)
      expect(await store.find('settings', '1', 3)).toBeUndefined()
      expect(await store.find('config', '1')).toBeUndefined()
    })

    test('continue their version numbers after a deletion', async () => {
      await put('1', 'one')
      await store.remove('settings', '1', context({ version: 1 }))
      expect(await store.find('settings', '1')).toBeUndefined()
      expect(await store.find('settings', '1', 2)).toBeUndefined()
      expect(await put('1', 'again')).toMatchObject({ isNew: true, document: { version: 3 } })
      expect((await store.find('settings', '1', 1))?.body.systemPrompt).toBe('one')
    })

    test.each([
      ['a change of an older version', () => put('1', 'x', { version: 7 }), 'stale'],
      ['a change of a missing document', () => put('2', 'x', { version: 1 }), 'stale'],
      [
        'a deletion of an older version',
        () => store.remove('settings', '1', context({ version: 7 })),
        'stale',
      ],
      ['a deletion of a missing document', () => store.remove('settings', '2', context()), 'not_found'],
      [
        'a change of a missing document that may not create it',
        () => putTemplate('2', 'x', false),
        'not_found',
      ],
    ])('%s is refused and adds no version', async (_, write, code) => {
      const { document } = await put('1', 'one')
      await expect(write()).rejects.toMatchObject({ code })
      expect(await store.find('settings', '1')).toEqual(document)
      const { many } = await db.query
        .selectFrom('ai_versions')
        .select((row) => row.fn.countAll().as('many'))
        .executeTakeFirstOrThrow()
      expect(Number(many)).toBe(1)
    })

    test('accept one of many concurrent changes of one version', async () => {
      await put('1', 'one')
      const tries = ['a', 'b', 'c', 'd', 'e'].map((prompt) => put('1', prompt, { version: 1 }))
      const done = await Promise.allSettled(tries)
      expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      for (const one of done) {
        if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'stale' })
      }
    })

    test('give each of many concurrent writers a version of its own', async () => {
      const done = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((prompt) => put('1', prompt)))
      expect(done.map(({ document }) => document.version).sort()).toEqual([1, 2, 3, 4, 5])
      expect(done.filter(({ isNew }) => isNew)).toHaveLength(1)
    })
  })

  describe('versions', () => {
    test('are listed with time and author, the newest first, page by page', async () => {
      await put('1', 'one')
      await put('1', 'two', { now: 200, changedBy: '8' })
      await store.remove('settings', '1', context({ now: 300 }))
      await put('2', 'other')
      const list = (page: { before?: number; limit: number }) => store.listVersions('settings', '1', page)
      expect(await list({ limit: 9 })).toEqual([
        { version: 3, changedAt: 300, changedBy: '7', isDeletion: true },
        { version: 2, changedAt: 200, changedBy: '8', isDeletion: false },
        { version: 1, changedAt: 100, changedBy: '7', isDeletion: false },
      ])
      expect((await list({ limit: 2 })).map(({ version }) => version)).toEqual([3, 2])
      expect((await list({ before: 2, limit: 2 })).map(({ version }) => version)).toEqual([1])
      expect(await store.countVersions('settings', '1')).toBe(3)
      expect(await store.countVersions('template', '1')).toBe(0)
    })
  })

  describe('names', () => {
    test('are unique, and free again after a change or a deletion', async () => {
      await putTemplate('a', 'Ana')
      await putTemplate('b', 'Bea')
      await expect(putTemplate('c', 'Ana')).rejects.toMatchObject({ code: 'taken' })
      await expect(putTemplate('b', 'Ana')).rejects.toMatchObject({ code: 'taken' })
      await putTemplate('a', 'Ada')
      await putTemplate('b', 'Ana')
      await store.remove('template', 'b', context())
      await putTemplate('c', 'Ana')
      const page = async (afterName?: string) =>
        (await store.listByName('template', { afterName, limit: 1 })).map(({ body }) => body.name)
      expect([await page(), await page('Ada'), await page('Ana')]).toEqual([['Ada'], ['Ana'], []])
      expect(await store.count('template')).toBe(2)
    })
  })

  test('versions have no gap and each can be read, after any sequence of writes and deletions', async () => {
    let run = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof({ weight: 3, arbitrary: fc.string({ unit: 'binary' }) }, fc.constant(undefined)), {
          maxLength: 12,
        }),
        async (prompts) => {
          run += 1
          const key = String(run)
          const model: (VersionedDocument<'settings'> | undefined)[] = []
          for (const [now, prompt] of prompts.entries()) {
            const exists = model.at(-1) !== undefined
            const version = exists && now % 2 === 0 ? model.length : undefined
            if (prompt === undefined) {
              const result = await store
                .remove('settings', key, context({ now, version }))
                .catch((err) => err)
              if (exists) model.push(undefined)
              else expect(result).toBeInstanceOf(Refusal)
            } else {
              const { document, isNew } = await put(key, prompt, { now, version })
              expect([document.version, isNew]).toEqual([model.length + 1, !exists])
              model.push(document)
            }
          }
          for (const [at, document] of model.entries()) {
            expect(await store.find('settings', key, at + 1)).toEqual(document)
          }
          expect(await store.find('settings', key)).toEqual(model.at(-1))
          expect(await store.find('settings', key, model.length + 1)).toBeUndefined()
        },
      ),
      { numRuns: 12 },
    )
  })
})
