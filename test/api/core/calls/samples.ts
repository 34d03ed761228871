import type { Actor } from '../../../../api/core/actor.ts'
import type { Call, Leg } from '../../../../api/core/calls/call.ts'
import { createDirectory, type Directory } from '../../../../api/core/presence/directory.ts'
import { createFindReach, type FindReach, type SupervisorReach } from '../../../../api/core/reach.ts'
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
    recordings: [],
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

const USERS: readonly [id: string, name: string, extension: string, role: Role, team: string | null][] = [
  ['1', 'admin', '1000', 'admin', null],
  ['2', 'user1', '1001', 'user', 'sales'],
  ['3', 'user2', '1002', 'user', 'support'],
  ['4', 'user3', '1003', 'user', null],
  ['5', 'ofSales', '1004', 'supervisor', 'sales'],
  ['6', 'ofSupport', '1005', 'supervisor', 'support'],
  ['7', 'ofLegal', '1006', 'supervisor', 'legal'],
  ['8', 'ofNone', '1007', 'supervisor', null],
]

export async function aDirectory(): Promise<Directory> {
  const people = USERS.map(([userId, name, extension, role, team]) => ({
    userId,
    name,
    extension,
    role,
    team,
    disabled: false,
  }))
  const users = { people: async () => people, revision: async () => '1' }
  const directory = createDirectory({ users, endpointTemplate: '{extension}', onTrouble: () => {} })
  await directory.refresh()
  return directory
}

/** The reach of everybody in that directory, by the setting. */
export const reachesOf = (directory: Directory, setting: SupervisorReach = 'team'): FindReach =>
  createFindReach({ find: async (id) => directory.ofUser(id) as User | undefined }, setting) // its team is read

export function anActor(name: string): Actor {
  const [sub = '', , extension = '', role = 'user'] = USERS.find(([, one]) => one === name) ?? []
  const times = { iat: 0, exp: 2_000_000_000 }
  const claims = { iss: 'hookswitch', aud: 'hookswitch', sub, sid: 's', jti: 'j', gen: 0, role, extension }
  return { userId: sub, sessionId: 's', claims: { ...claims, ...times } as Actor['claims'] } // literals widen
}
