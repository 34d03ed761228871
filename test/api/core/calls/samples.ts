import type { Actor } from '../../../../api/core/actor.ts'
import type { Call, Leg } from '../../../../api/core/calls/call.ts'
import { createDirectory, type Directory } from '../../../../api/core/presence/directory.ts'
import type { User } from '../../../../api/core/users.ts'
import type { Role } from '../../../../contract/claims.ts'

/** A call good in every way: 1001 talks with 1002. */
export function aCall(changes: Partial<Call> = {}): Call {
  return {
    id: '1700000000.1',
    state: 'up',
    direction: 'internal',
    from: { number: '1001', name: 'user1' },
    to: { number: '1002', name: 'user2' },
    legs: [aLeg('1001'), aLeg('1002', { role: 'callee' })],
    startedAt: 1_700_000_000_000_000,
    answeredAt: 1_700_000_002_000_000,
    endedAt: undefined,
    outcome: undefined,
    cause: undefined,
    recording: 'off',
    recordedChannel: undefined,
    ...changes,
  }
}

export function aLeg(endpoint: string, changes: Partial<Leg> = {}): Leg {
  return {
    channelId: `c${endpoint}`,
    channelName: `PJSIP/${endpoint}-00000001`,
    endpoint,
    number: endpoint,
    name: '',
    state: 'up',
    holds: false,
    parkedAt: undefined,
    bridge: 'b1',
    role: 'caller',
    answeredAt: undefined,
    ...changes,
  }
}

const USERS: readonly [id: string, name: string, extension: string, role: Role][] = [
  ['1', 'admin', '1000', 'admin'],
  ['2', 'user1', '1001', 'user'],
  ['3', 'user2', '1002', 'user'],
  ['4', 'user3', '1003', 'user'],
]

export async function aDirectory(): Promise<Directory> {
  const users = USERS.map(([id, username, extension, role]) => ({
    ...({
      passwordHash: '',
      disabled: false,
      generation: 0,
      createdAt: 0,
      email: null,
    } satisfies Partial<User>),
    id,
    username,
    extension,
    role,
  }))
  const directory = createDirectory({ users: { list: async () => users }, endpointTemplate: '{extension}' })
  await directory.refresh()
  return directory
}

export function anActor(name: string): Actor {
  const [sub = '', , extension = '', role = 'user'] = USERS.find(([, one]) => one === name) ?? []
  const times = { iat: 0, exp: 2_000_000_000 }
  const claims = { iss: 'hookswitch', aud: 'hookswitch', sub, sid: 's', jti: 'j', gen: 0, role, extension }
  return { userId: sub, sessionId: 's', claims: { ...claims, ...times } as Actor['claims'] } // literals widen
}
