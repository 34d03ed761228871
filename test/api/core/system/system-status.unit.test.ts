import { expect, test } from 'vitest'
import { createSystemStatus, type SystemStatusNeeds } from '../../../../api/core/system/system-status.ts'

const yes = async () => true
const no = async () => false
const queue = { waiting: 2, failing: 0, failingSince: undefined, lastError: undefined }

const GOOD: SystemStatusNeeds = {
  pbx: () => ({ online: true, offlineSince: undefined }),
  isRedisResponding: yes,
  isSqlResponding: yes,
  isRevocationFresh: () => true,
  streams: [yes, yes],
  sidecars: [yes],
  mailQueue: async () => queue,
}

async function check(difference: Partial<SystemStatusNeeds>) {
  return createSystemStatus({ ...GOOD, ...difference }).check()
}

test('with all parts working each is ok', async () => {
  const all = await check({})
  expect(all.map(({ name, state }) => `${name} ${state}`)).toEqual([
    'pbx ok',
    'redis ok',
    'sql ok',
    'streams ok',
    'mail ok',
    'sidecar ok',
  ])
})

const failing = { waiting: 3, failing: 1, failingSince: 1_000, lastError: 'no: Bearer abcdefghijkl' }

test.each<[string, Partial<SystemStatusNeeds>, string, string, RegExp]>([
  [
    'a PBX that does not answer',
    { pbx: () => ({ online: false, offlineSince: 5 }) },
    'pbx',
    'down',
    /no call/,
  ],
  ['no PBX in the settings', { pbx: undefined }, 'pbx', 'degraded', /HOOKSWITCH_AMI_HOST/],
  ['Redis away', { isRedisResponding: no, isRevocationFresh: () => false }, 'redis', 'down', /refused/],
  ['old revocations', { isRevocationFresh: () => false }, 'redis', 'degraded', /older/],
  ['SQL away', { isSqlResponding: no }, 'sql', 'down', /DATABASE_URL/],
  [
    'one of two instances away',
    { streams: [yes, no] },
    'streams',
    'degraded',
    /^1 of 2 stream instances answers/,
  ],
  ['all instances away', { streams: [no, no] }, 'streams', 'down', /^0 of 2/],
  ['the sidecar away', { sidecars: [no] }, 'sidecar', 'down', /^0 of 1 sidecar /],
  [
    'mails that fail',
    { mailQueue: async () => failing },
    'mail',
    'degraded',
    /^1 of 3 mails.*Bearer \[token\]/,
  ],
  [
    'a queue that cannot be read',
    { mailQueue: () => Promise.reject(new Error()) },
    'mail',
    'degraded',
    /read/,
  ],
  ['no mail server in the settings', { mailQueue: undefined }, 'mail', 'ok', /links/],
])('%s is named with what to do, and the rest is ok', async (_, difference, name, state, detail) => {
  const all = await check(difference)
  expect(all.find((one) => one.name === name)).toMatchObject({ state, detail: expect.stringMatching(detail) })
  expect(all.filter((one) => one.name !== name).every((one) => one.state === 'ok')).toBe(true)
})
