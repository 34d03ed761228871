import { describe, expect, it } from 'vitest'
import { createSoftphoneCommands } from '../../../../api/core/calls/softphone-commands.ts'

function createFixture() {
  const state = { online: new Set<string>(), listening: new Set<string>(), reads: 0 }
  const sent: unknown[] = []
  let changes = 0
  const softphones = createSoftphoneCommands({
    userMessages: { send: async (userId, message) => void sent.push([userId, message]) },
    onlineUsers: {
      async read() {
        state.reads += 1
        return { online: new Set(state.online), listening: new Set(state.listening) }
      },
    },
    now: () => 1_700_000_000_000,
    onError: () => {},
  })
  softphones.onChange(() => {
    changes += 1
  })
  return { softphones, state, sent, changes: () => changes }
}

describe('a command to a softphone', () => {
  it('is sent over the private channel, and expires after 5 seconds', async () => {
    const { softphones, state, sent } = createFixture()
    state.listening.add('2')
    await softphones.refresh()
    await softphones.send('2', 'hold', 'a')
    expect(sent).toEqual([
      ['2', { type: 'command', command: 'hold', call_id: 'a', expires_at: '2023-11-14T22:13:25.000Z' }],
    ])
  })

  it('reaches a softphone that has connected since the last refresh', async () => {
    const { softphones, state, sent } = createFixture()
    await softphones.refresh()
    state.listening.add('2')
    await softphones.send('2', 'answer', 'a')
    expect(sent).toHaveLength(1)
    await softphones.send('2', 'answer', 'a')
    expect(state.reads).toBe(2)
  })

  it('is not supported for a user who is online without the private channel', async () => {
    const { softphones, state, sent } = createFixture()
    state.online.add('2')
    await softphones.refresh()
    await expect(softphones.send('2', 'hold', 'a')).rejects.toMatchObject({ code: 'not_supported' })
    expect(sent).toEqual([])
    expect([softphones.isOnline('2'), softphones.isConnected('2')]).toEqual([true, false])
  })
})

describe('the users who are online', () => {
  it('are reported as changed only when a user has come or gone', async () => {
    const { softphones, state, changes } = createFixture()
    state.online.add('2')
    await softphones.refresh()
    state.listening.add('2')
    await softphones.refresh()
    expect(changes()).toBe(1)
    state.online = new Set(['3'])
    await softphones.refresh()
    expect(changes()).toBe(2)
  })
})
