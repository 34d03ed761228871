import { expect, test } from 'vitest'
import { createCurrentCalls } from '../../../../../api/core/call-center/calls/current-calls.ts'
import { aCall } from '../../calls/fixtures/calls.ts'

test('each agent in a call has their first call, with an id if it is stored', async () => {
  const live: Record<string, string[]> = {
    '1001-web': ['hk_1', 'hk_2'],
    '1002-web': ['1700.5'],
    '1003-web': [],
  }
  const currentCalls = createCurrentCalls({
    callTracker: {
      ofEndpoints: (endpoints) =>
        endpoints.flatMap((endpoint) => (live[endpoint] ?? []).map((id) => aCall({ id }))),
    },
    directory: { endpointsOf: (extension) => [`${extension}-desk`, `${extension}-web`] },
    agentCallStore: { findIds: async (ids) => new Map(ids.includes('hk_1') ? [['hk_1', '7']] : []) },
  })
  const calls = await currentCalls([
    { id: '1', extension: '1001' },
    { id: '2', extension: '1002' },
    { id: '3', extension: '1003' },
    { id: '4', extension: null },
  ])
  expect([...calls]).toEqual([
    ['1', { id: '7', callId: 'hk_1' }],
    ['2', { id: null, callId: '1700.5' }],
  ])
})
