import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '../../../../console/api/client.ts'
import type { Draft, DraftStore } from '../../../../console/screens/desk/notes/draft-store.ts'
import { createNotesSync, type StoredNotes } from '../../../../console/screens/desk/notes/notes-sync.ts'

const CALL = { callId: '7', leadId: '5', name: 'Ada King' }
const away = new ApiError(0, 'no_answer', undefined)

/** A server with notes of one call, and the drafts of a browser, which outlive a page. */
function setUp() {
  const stored = new Map<string, Draft>()
  const drafts: DraftStore = {
    list: () => [...stored.values()],
    read: (callId) => stored.get(callId),
    write: (draft) => void stored.set(draft.callId, draft),
    remove: (callId) => void stored.delete(callId),
  }
  const at = {
    notes: { text: '', revision: 0 } as StoredNotes,
    finished: [] as Draft[],
    added: [] as string[],
    /** The desk shows another call. */
    isOver: false,
    failure: undefined as unknown,
    /** The request arrives and its answer is lost. */
    losesAnswers: false,
    requests: 0,
  }
  const answer = <T>(act: () => T): Promise<T> => {
    at.requests += 1
    if (at.failure !== undefined) return Promise.reject(at.failure)
    try {
      const value = act()
      return at.losesAnswers ? Promise.reject(away) : Promise.resolve(value)
    } catch (err) {
      return Promise.reject(err)
    }
  }
  const server = {
    save: ({ text, revision }: Draft) =>
      answer(() => {
        if (revision !== at.notes.revision) throw new ApiError(412, 'stale', undefined)
        at.notes = { text, revision: revision + 1 }
        return { revision: revision + 1 }
      }),
    finish: (draft: Draft) =>
      answer(() => {
        const { text, base, revision } = draft
        if (text !== base && text !== at.notes.text) {
          if (revision !== at.notes.revision) throw new ApiError(412, 'stale', undefined)
          at.notes = { text, revision: revision + 1 }
        }
        at.finished.push(draft)
      }),
    read: () => answer(() => (at.isOver ? undefined : at.notes)),
    add: ({ text }: Draft) => answer(() => void at.added.push(text)),
  }
  const open = () => createNotesSync(drafts, server, { pauseMs: (failures) => failures * 1_000 })
  return { at, stored, drafts, open }
}

describe('notes that are saved while typing', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

  it('are sent after a pause, and removed from the browser once the server has them', async () => {
    const { at, stored, open } = setUp()
    const sync = open()
    sync.type(CALL, null, 'w')
    await pass(300)
    sync.type(CALL, null, 'wants tea')
    expect([at.requests, stored.get('7')?.text, sync.views.get().get('7')?.state]).toEqual([
      0,
      'wants tea',
      'saving',
    ])
    await pass(1_000)
    expect([at.notes.text, stored.size, sync.views.get().get('7')?.state]).toEqual(['wants tea', 0, 'saved'])
    expect(at.requests).toBe(1)
  })

  it('wait while the network is away, and are sent when it is back', async () => {
    const { at, stored, open } = setUp()
    const sync = open()
    at.failure = away
    sync.type(CALL, null, 'wants')
    await pass(60_000)
    sync.type(CALL, null, 'wants tea')
    expect([sync.views.get().get('7')?.state, stored.get('7')?.text]).toEqual(['waiting', 'wants tea'])
    at.failure = undefined
    sync.retry()
    await pass(10)
    expect([at.notes.text, stored.size]).toEqual(['wants tea', 0])
  })

  it('are sent by the next page if this one ends before the server has them', async () => {
    const { at, open } = setUp()
    at.failure = away
    const first = open()
    first.type(CALL, null, 'wants tea')
    await pass(2_000)
    first.stop()
    at.failure = undefined
    const second = open()
    expect(second.textOf('7', { text: 'older', revision: 0 })).toBe('wants tea')
    await pass(10)
    expect([at.notes.text, second.views.get().get('7')?.state]).toEqual(['wants tea', 'saved'])
  })

  it('survive answers that are lost', async () => {
    const { at, stored, open } = setUp()
    const sync = open()
    at.losesAnswers = true
    sync.type(CALL, null, 'wants')
    await pass(700)
    sync.type(CALL, null, 'wants tea')
    await pass(5_000)
    at.losesAnswers = false
    await pass(20_000)
    expect([at.notes.text, stored.size]).toEqual(['wants tea', 0])
  })

  it('hold what another computer wrote meanwhile, and what was typed here', async () => {
    const { at, open } = setUp()
    at.notes = { text: 'tea', revision: 3 }
    const sync = open()
    sync.type(CALL, at.notes, 'tea for two')
    at.notes = { text: 'tea, green', revision: 4 }
    await pass(2_000)
    expect(at.notes.text).toBe('tea, green\ntea for two')
    expect(sync.textOf('7', at.notes)).toBe(at.notes.text)
  })

  it('are sent once more if more was typed while they were under way', async () => {
    const { at, open } = setUp()
    const sync = open()
    sync.type(CALL, null, 'wants')
    vi.advanceTimersByTime(600)
    sync.type(CALL, null, 'wants tea')
    await pass(1_000)
    expect([at.notes, at.requests]).toEqual([{ text: 'wants tea', revision: 2 }, 2])
  })

  it('become another note of the lead if they are stale and the desk shows the next call', async () => {
    const { at, stored, open } = setUp()
    at.notes = { text: 'earlier', revision: 2 }
    at.isOver = true
    const sync = open()
    sync.type(CALL, { text: '', revision: 1 }, 'wants tea')
    await pass(2_000)
    expect([at.added, stored.size, sync.views.get().get('7')?.state]).toEqual([['wants tea'], 0, 'saved'])
  })

  it('stay in the browser if the server refuses them', async () => {
    const { at, stored, open } = setUp()
    const sync = open()
    at.failure = new ApiError(404, 'not_found', undefined)
    sync.type(CALL, null, 'wants tea')
    await pass(60_000)
    expect([at.requests, stored.get('7')?.text, sync.views.get().get('7')?.state]).toEqual([
      1,
      'wants tea',
      'refused',
    ])
    sync.discard('7')
    expect(stored.size).toBe(0)
  })

  it('give way to newer ones of the server only if nothing waits here', async () => {
    const { open } = setUp()
    const sync = open()
    sync.type(CALL, null, 'here')
    expect(sync.textOf('7', { text: 'there', revision: 9 })).toBe('here')
    await pass(1_000)
    expect(sync.textOf('7', { text: 'there', revision: 9 })).toBe('there')
    expect(sync.textOf('7', { text: 'older', revision: 0 })).toBe('here')
  })
})

describe('an outcome', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

  it('goes with the newest notes, at once', async () => {
    const { at, stored, open } = setUp()
    const sync = open()
    sync.type(CALL, null, 'wants tea')
    sync.finish(CALL, null, { disposition: '1' })
    await pass(10)
    expect(at.finished).toEqual([
      expect.objectContaining({ text: 'wants tea', result: { disposition: '1' } }),
    ])
    expect([stored.size, sync.views.get().get('7')?.state, at.requests]).toEqual([0, 'saved', 1])
  })

  it('waits for the network, also over a reload', async () => {
    const { at, open } = setUp()
    at.failure = away
    const first = open()
    first.finish(CALL, null, { disposition: '1' })
    await pass(5_000)
    expect([first.views.get().get('7')?.state, at.finished]).toEqual(['waiting', []])
    first.stop()
    at.failure = undefined
    open()
    await pass(10)
    expect(at.finished).toHaveLength(1)
  })

  it('is sent once more with notes that are typed afterwards, while the call goes on', async () => {
    const { at, open } = setUp()
    const sync = open()
    sync.finish(CALL, null, { disposition: '1' })
    await pass(10)
    sync.type(CALL, null, 'wants tea')
    await pass(1_000)
    expect(at.finished.map(({ text, result }) => [text, result?.disposition])).toEqual([
      ['', '1'],
      ['wants tea', '1'],
    ])
  })

  it('goes with notes to which what another computer wrote is added', async () => {
    const { at, open } = setUp()
    const sync = open()
    sync.type(CALL, at.notes, 'wants tea')
    at.notes = { text: 'calls back', revision: 1 }
    sync.finish(CALL, null, { disposition: '1' })
    await pass(2_000)
    expect(at.notes.text).toBe('calls back\nwants tea')
    expect(at.finished).toHaveLength(1)
  })

  it('is stored also if its notes are stale and the desk shows the next call', async () => {
    const { at, stored, open } = setUp()
    at.notes = { text: 'earlier', revision: 2 }
    at.isOver = true
    const sync = open()
    sync.type(CALL, { text: '', revision: 1 }, 'wants tea')
    sync.finish(CALL, null, { disposition: '1' })
    await pass(2_000)
    expect([at.added, at.finished.length, at.notes.text, stored.size]).toEqual([
      ['wants tea'],
      1,
      'earlier',
      0,
    ])
  })

  it('that is refused can be chosen again, and the notes are saved all the same', async () => {
    const { at, stored, open } = setUp()
    const sync = open()
    sync.type(CALL, null, 'wants tea')
    at.failure = new ApiError(400, 'input_invalid', undefined)
    sync.finish(CALL, null, { disposition: '1' })
    vi.advanceTimersByTime(0)
    at.failure = undefined
    await pass(1_000)
    const view = sync.views.get().get('7')
    expect([view?.draft.result, view?.error, at.notes.text, stored.size]).toEqual([
      undefined,
      expect.objectContaining({ status: 400 }),
      'wants tea',
      0,
    ])
  })
})

describe('two tabs', () => {
  it('lose nothing that one types while the notes of the other are under way', async () => {
    vi.useFakeTimers()
    const { at, drafts, open } = setUp()
    const sync = open()
    sync.type(CALL, null, 'wants')
    vi.advanceTimersByTime(600)
    drafts.write({ ...CALL, text: 'wants tea', base: '', revision: 0 })
    sync.adopt('7')
    await vi.advanceTimersByTimeAsync(1_000)
    expect([at.notes.text, drafts.read('7'), sync.views.get().get('7')?.state]).toEqual([
      'wants tea',
      undefined,
      'saved',
    ])
    vi.useRealTimers()
  })

  it('lose nothing although the event of the other comes late', async () => {
    vi.useFakeTimers()
    const { at, drafts, open } = setUp()
    const sync = open()
    sync.type(CALL, null, 'wants')
    vi.advanceTimersByTime(600)
    drafts.write({ ...CALL, text: 'wants tea', base: '', revision: 0 })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(at.notes.text).toBe('wants tea')
    vi.useRealTimers()
  })

  it('show what the other has typed, and send it if the other does not', async () => {
    vi.useFakeTimers()
    const { at, drafts, open } = setUp()
    const sync = open()
    drafts.write({ ...CALL, text: 'typed there', base: '', revision: 0 })
    sync.adopt('7')
    expect(sync.textOf('7', null)).toBe('typed there')
    await vi.advanceTimersByTimeAsync(30_000)
    expect(at.notes.text).toBe('typed there')
    drafts.remove('7')
    sync.adopt('7')
    expect(sync.textOf('7', { text: 'stored', revision: 5 })).toBe('stored')
    vi.useRealTimers()
  })
})
