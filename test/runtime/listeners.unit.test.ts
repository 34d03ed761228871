import { expect, test } from 'vitest'
import { createDeviceBook } from '../../api/core/calls/device-states.ts'
import { createSoftphones } from '../../api/core/calls/softphone-commands.ts'
import { createDirectory } from '../../api/core/directory/directory.ts'
import { createStatuses } from '../../api/core/presence/user-status.ts'

type OnTrouble = (err: unknown) => void
type Made = { onChange(listener: () => void): unknown; change(): void | Promise<void> }

const news = { tell: async () => {}, tellAll: async () => {} }
const now = () => 0
const MAKERS: Readonly<Record<string, (onTrouble: OnTrouble) => Made>> = {
  users(onTrouble) {
    const user = {
      userId: '1',
      extension: '201',
      name: 'anna',
      role: 'user',
      team: null,
      disabled: false,
    } as const
    const users = { revision: async () => '1', people: async () => [user] }
    const { onChange, refresh } = createDirectory({ users, endpointTemplate: '{extension}', onTrouble })
    return { onChange, change: refresh }
  },
  statuses(onTrouble) {
    const store = { all: async () => new Map([['1', { status: 'away', at: 1 }]]), set: async () => {} }
    const { onChange, refresh } = createStatuses({ store: store as never, news, now, onTrouble })
    return { onChange, change: refresh }
  },
  softphones(onTrouble) {
    const liveUsers = { read: async () => ({ online: new Set(['1']), listening: new Set<string>() }) }
    const { onChange, refresh } = createSoftphones({ news, liveUsers: liveUsers as never, now, onTrouble })
    return { onChange, change: refresh }
  },
  devices(onTrouble) {
    const { onChange, hear } = createDeviceBook(onTrouble)
    return { onChange, change: () => hear({ kind: 'device', device: 'PJSIP/101', at: 1, state: 'idle' }) }
  },
}

test.each(Object.entries(MAKERS))(
  'a listener of %s that throws keeps no other from being called',
  async (_, make) => {
    const faults: unknown[] = []
    const { onChange, change } = make((err) => faults.push(err))
    let calls = 0
    onChange(() => {
      throw new Error('a fault of this one')
    })
    onChange(() => {
      calls += 1
    })
    await change()
    expect(calls).toBe(1)
    expect(faults).toEqual([new Error('a fault of this one')])
  },
)
