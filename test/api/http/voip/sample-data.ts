import type { User } from '../../../../api/core/auth/users.ts'
import type { Call } from '../../../../api/core/calls/call.ts'
import type { CallRecord } from '../../../../api/core/calls/call-history.ts'
import type { Role } from '../../../../contract/claims.ts'
import { mint, newKey } from '../../../contract/mint-token.ts'
import { sampleUser } from '../../../support/sample-user.ts'

export const nowS = Math.floor(Date.now() / 1000)
export const key = newKey('HS256', 'kid-1')

/** A user of the document's table; `id` is the last digit of the extension, plus one. */
export const person = (username: string, extension: string, role: Role = 'user'): User =>
  sampleUser({
    id: String(Number(extension.at(-1)) + 1),
    username,
    extension,
    email: `${username}@example.org`,
    role,
    createdAt: nowS - 1000,
  })

/** A valid token of a user, with changes. */
export const tokenOf = (user: User, changes: NonNullable<Parameters<typeof mint>[2]> = {}) =>
  mint(key, nowS, {
    ...changes,
    claims: {
      sub: user.id,
      sid: `session-${user.id}`,
      role: user.role,
      extension: user.extension,
      exp: nowS + 3600,
      ...changes.claims,
    },
  })

/** The call of 1001 with 1002, talking for ten seconds. */
export const talking = (difference: Partial<Call> = {}): Call => ({
  id: 'hk_call',
  state: 'up',
  direction: 'internal',
  from: { number: '1001', name: 'user1' },
  to: { number: '1002', name: 'user2' },
  legs: [leg('1001', 'caller'), leg('1002', 'callee')],
  numbers: [],
  startedAt: (nowS - 15) * 1_000_000,
  answeredAt: (nowS - 10) * 1_000_000,
  endedAt: undefined,
  outcome: undefined,
  cause: undefined,
  recording: 'off',
  recordings: [],
  ...difference,
})
const leg = (endpoint: string, role: 'caller' | 'callee'): Call['legs'][number] => ({
  channelId: `1.${endpoint}`,
  channelName: `PJSIP/${endpoint}-00000001`,
  endpoint,
  number: endpoint,
  name: '',
  state: 'up',
  holds: false,
  parkingSpace: undefined,
  bridge: undefined,
  role,
  answeredAt: undefined,
})

export const record: CallRecord = {
  id: 'hk_old',
  direction: 'internal',
  fromNumber: '1001',
  fromName: 'user1',
  toNumber: '1002',
  toName: '',
  startedAt: nowS - 100,
  answeredAt: nowS - 95,
  endedAt: nowS - 90,
  duration: 10,
  billable: 5,
  outcome: 'answered',
  cause: 16,
  recordings: [],
  parties: [
    { userId: '2', extension: '1001', answered: true },
    { userId: '3', extension: '1002', answered: true },
  ],
}
