import { expect, test } from 'vitest'
import { createDeviceStates } from '../../api/core/calls/device-states.ts'
import { createSoftphoneCommands } from '../../api/core/calls/softphone-commands.ts'
import { createDirectory } from '../../api/core/directory/directory.ts'
import { createUserStatuses } from '../../api/core/presence/user-status.ts'

type OnError = (err: unknown) => void
type Made = { onChange(listener: () => void): unknown; change(): void | Promise<void> }

const userMessages = { send: async () => {}, broadcast: async () => {} }
const now = () => 0
const MAKERS: Readonly<Record<string, (onError: OnError) => Made>> = {
  users(onError) {
    const user = {
      userId: '1',
      extension: '201',
      username: 'anna',
      name: 'anna',
      role: 'user',
      team: null,
      disabled: false,
    } as const
    const users = { revision: async () => '1', listPhoneUsers: async () => [user] }
    const { onChange, refresh } = createDirectory({
      users,
      endpointTemplate: '{extension}',
      webEndpointTemplate: '{extension}-web',
      onError,
    })
    return { onChange, change: refresh }
  },
  statuses(onError) {
    const store = { all: async () => new Map([['1', { status: 'away', at: 1 }]]), set: async () => {} }
    const { onChange, refresh } = createUserStatuses({ store: store as never, userMessages, now, onError })
    return { onChange, change: refresh }
  },
  softphones(onError) {
    const onlineUsers = { read: async () => ({ online: new Set(['1']), listening: new Set<string>() }) }
    const { onChange, refresh } = createSoftphoneCommands({
      userMessages,
      onlineUsers: onlineUsers as never,
      now,
      onError,
    })
    return { onChange, change: refresh }
  },
  devices(onError) {
    const { onChange, handle } = createDeviceStates(onError)
    return { onChange, change: () => handle({ kind: 'device', device: 'PJSIP/101', at: 1, state: 'idle' }) }
  },
}

test.each(Object.entries(MAKERS))(
  'createListeners of %s calls the other listeners if one throws',
  async (_, make) => {
    const errors: unknown[] = []
    const { onChange, change } = make((err) => errors.push(err))
    let calls = 0
    onChange(() => {
      throw new Error('an error of this listener')
    })
    onChange(() => {
      calls += 1
    })
    await change()
    expect(calls).toBe(1)
    expect(errors).toEqual([new Error('an error of this listener')])
  },
)
