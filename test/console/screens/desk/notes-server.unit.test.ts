import { describe, expect, it } from 'vitest'
import type { Api } from '../../../../console/api/client.ts'
import type { Draft } from '../../../../console/screens/desk/notes/draft-store.ts'
import { createNotesServer } from '../../../../console/screens/desk/notes/notes-server.ts'

const draft: Draft = {
  ...{ callId: '7', leadId: '5', name: 'Ada King', base: 'stored', revision: 3 },
  ...{ text: 'stored', result: { disposition: '1' } },
}
const result = { disposition: '1' }

function setUp() {
  const requests: [path: string, options: { body?: unknown; signal?: AbortSignal }][] = []
  const answer = async (path: string, options: { body?: unknown; signal?: AbortSignal }) => {
    requests.push([path, options])
    return { data: { lead: null, call: null, wrap_up: null, revision: 4 }, response: new Response() }
  }
  const api = { GET: answer, PUT: answer, POST: answer } as unknown as Api // what is used of it
  return { requests, server: createNotesServer(api, () => {}) }
}

describe('the notes of a call at the server', () => {
  it('are not sent with an outcome if nothing was typed here', async () => {
    const { requests, server } = setUp()
    await server.finish({ ...draft, result })
    expect(requests[0]?.[1].body).toEqual({ call_id: '7', lead_id: '5', disposition: '1' })
  })

  it('are sent with an outcome, and the revision that they may replace', async () => {
    const { requests, server } = setUp()
    await server.finish({ ...draft, text: 'typed', result })
    expect(requests[0]?.[1].body).toMatchObject({ note: 'typed', note_revision: 3 })
  })

  it('are sent and read with a time limit', async () => {
    const { requests, server } = setUp()
    await server.save(draft)
    await server.finish({ ...draft, result })
    await server.read('7')
    await server.add(draft)
    expect(requests.map(([, { signal }]) => signal instanceof AbortSignal)).toEqual([true, true, true, true])
  })
})
