import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasDrafts, removeDrafts, removeDraftsOfOthers } from '../../../../console/app/note-drafts.ts'
import {
  createDraftStore,
  type Draft,
  readDraft,
} from '../../../../console/screens/desk/notes/draft-store.ts'
import { mergeNotes } from '../../../../console/screens/desk/notes/merge-notes.ts'

const draft = (difference: Partial<Draft> = {}): Draft => ({
  ...{ callId: '7', leadId: '5', name: 'Ada King', text: 'wants tea', base: '', revision: 0 },
  ...difference,
})

/** A storage as browsers have it: its entries are its own properties. */
const memoryStorage = () => {
  const storage = {} as Record<string, string>
  const methods = {
    getItem: (key: string) => storage[key] ?? null,
    setItem: (key: string, value: string) => void Object.assign(storage, { [key]: value }),
    removeItem: (key: string) => void delete storage[key],
  }
  for (const [name, value] of Object.entries(methods))
    Object.defineProperty(storage, name, { value, writable: true })
  return storage as unknown as typeof methods // they are not among its entries
}

describe('drafts of notes', () => {
  it('are there for the next page of the same user, and for no other user', () => {
    const storage = memoryStorage()
    createDraftStore('1', storage).write(draft())
    createDraftStore('11', storage).write(draft({ callId: '8' }))
    expect(createDraftStore('1', storage).list()).toEqual([draft()])
    expect(createDraftStore('2', storage).list()).toEqual([])
  })

  it('are gone once they are removed', () => {
    const drafts = createDraftStore('1', memoryStorage())
    drafts.write(draft())
    drafts.remove('7')
    expect([drafts.read('7'), drafts.list()]).toEqual([undefined, []])
  })

  it('stay in memory when the storage of the browser is full', () => {
    const storage = memoryStorage()
    storage.setItem = () => {
      throw new Error('full')
    }
    const drafts = createDraftStore('1', storage)
    drafts.write(draft())
    expect(drafts.list()).toEqual([draft()])
    drafts.remove('7')
    expect(drafts.list()).toEqual([])
  })

  it('reads no draft from any other text', () => {
    fc.assert(fc.property(fc.string(), (text) => readDraft(text) === undefined))
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const read = readDraft(JSON.stringify(value) ?? null)
        expect(read === undefined || typeof read.text === 'string').toBe(true)
      }),
    )
    expect(readDraft(JSON.stringify({ ...draft(), revision: '1' }))).toBeUndefined()
    expect(readDraft(JSON.stringify(draft()))).toEqual(draft())
  })
})

describe('merged notes', () => {
  it.each([
    ['only here', 'a', 'a', 'ab', 'ab'],
    ['only there', 'a', 'ab', 'a', 'ab'],
    ['an earlier state of what is here was stored', '', 'wants', 'wants tea', 'wants tea'],
    ['both went on', 'tea. ', 'tea. Calls back', 'tea. Has a dog', 'tea. Calls back\nHas a dog'],
    ['one before and one after', 'tea', 'green tea', 'tea for two', 'green tea\ntea for two'],
    ['words stay whole', '', 'two', 'tea', 'two\ntea'],
    ['emoji stay whole', '', '😀', '😁', '😀\n😁'],
  ])('%s', (_, base, theirs, ours, expected) => {
    expect(mergeNotes(base, theirs, ours)).toBe(expected)
  })

  it('hold each word of both', () => {
    const words = fc.array(fc.constantFrom('tea', 'dog', 'two', 'Monday', '😀'), { maxLength: 6 })
    fc.assert(
      fc.property(words, words, words, (base, more, own) => {
        const [theirs, ours] = [
          [...base, ...more],
          [...base, ...own],
        ]
        const merged = mergeNotes(base.join(' '), theirs.join(' '), ours.join(' '))
        for (const word of [...theirs, ...ours]) expect(merged).toContain(word)
      }),
    )
  })
})

describe('drafts of several users of a browser', () => {
  const filled = () => {
    const storage = memoryStorage()
    for (const userId of ['2', '21']) createDraftStore(userId, storage).write(draft({ text: `of ${userId}` }))
    storage.setItem('hookswitch.theme', 'dark')
    return storage
  }
  const textsOf = (storage: ReturnType<typeof filled>) =>
    ['2', '21'].map((userId) => createDraftStore(userId, storage).read('7')?.text)

  it('go when their user signs out, and no others', () => {
    const storage = filled()
    expect(hasDrafts('2', storage)).toBe(true)
    removeDrafts('2', storage)
    expect([hasDrafts('2', storage), textsOf(storage)]).toEqual([false, [undefined, 'of 21']])
  })

  it('go when another user signs in', () => {
    const storage = filled()
    removeDraftsOfOthers('21', storage)
    expect(textsOf(storage)).toEqual([undefined, 'of 21'])
    expect(storage.getItem('hookswitch.theme')).toBe('dark')
  })
})
