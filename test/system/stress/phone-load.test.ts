import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AsteriskServer, startAsterisk, whyAsteriskUnavailable } from '../../support/asterisk.ts'
import { login, requestJson, type SseSubscription, subscribeSse } from '../../support/http-client.ts'
import { addPhoneUsers } from '../../support/seed-users.ts'
import { startCallers, startScriptedPhones } from '../../support/sipp.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'

const missing = await whyAsteriskUnavailable()
const title = missing === undefined ? 'a busy PBX' : `a busy PBX (skipped: ${missing})`

/** Each of 50 phones calls four times, and each of 50 others is called four times: 200 calls, 400 legs. */
const CALLS = 200
const CALLERS = Array.from({ length: 50 }, (_, n) => String(2_000 + n))
const CALLED = Array.from({ length: 50 }, (_, n) => String(2_100 + n))
/** Every fifth phone is a user's: ten that call and ten that are called. */
const USERS = [...CALLERS, ...CALLED].filter((_, n) => n % 5 === 0)

describe.skipIf(missing !== undefined)(title, () => {
  let asterisk: AsteriskServer
  let stack: Stack
  let admin: string
  let presence: SseSubscription
  let active: SseSubscription
  beforeAll(async () => {
    asterisk = await startAsterisk({ load: true })
    const data = mkdtempSync(join(tmpdir(), 'hs-'))
    await addPhoneUsers(data, USERS)
    const { events, control } = asterisk.users
    stack = await startStack({
      data,
      env: {
        HOOKSWITCH_AMI_HOST: '127.0.0.1',
        HOOKSWITCH_AMI_PORT: String(asterisk.amiPort),
        HOOKSWITCH_AMI_EVENTS_SECRET: events.secret,
        HOOKSWITCH_AMI_CONTROL_SECRET: control.secret,
        HOOKSWITCH_DIAL_CONTEXT: 'internal',
      },
    })
    admin = (await login(stack, 'admin')).access
    presence = subscribeSse(stack, admin)
    active = subscribeSse(stack, admin, `${stack.base}/sub/active-calls`)
  })
  afterAll(async () => {
    presence?.close()
    active?.close()
    await stack?.stop()
    await asterisk?.stop()
  })

  const live = async () => {
    const { body } = await requestJson(`${stack.url}/api/v1/calls`, { token: admin })
    return body.calls as { id: string; state: string }[] // the documented shape
  }
  const states = () =>
    (presence.messages.at(-1)?.states ?? {}) as Record<string, { state: string; channels?: object }>
  const shown = () => (active.messages.at(-1)?.calls ?? []) as object[]
  const all = (phones: readonly string[], state: string) =>
    phones.filter((phone) => USERS.includes(phone)).every((phone) => states()[phone]?.state === state)

  test('200 calls at once are all seen, and afterwards none is left, each is kept and every phone is as it is', async () => {
    const answerer = await startScriptedPhones(asterisk, CALLED, 'answers')
    try {
      await waitUntil('the called are there', () => all(CALLED, 'Idle'))
      expect(all(CALLERS, 'Unavailable')).toBe(true)

      // One program for each that is called, as a scripted caller knows one number.
      const programs = await Promise.all(
        CALLED.map((to, n) =>
          startCallers(asterisk, { from: CALLERS[n] ?? '', to, seconds: 25, calls: CALLS / CALLED.length }),
        ),
      )
      await waitUntil(
        '200 calls are up',
        async () => (await live()).filter(({ state }) => state === 'up').length === CALLS,
        60_000,
      )
      await waitUntil('everybody who follows sees them', () => shown().length === CALLS)
      await waitUntil('everybody is seen to talk', () => all([...CALLERS, ...CALLED], 'Up'))

      const ends = await Promise.all(programs.map(({ done }) => done))
      expect(ends.reduce((sum, { succeeded }) => sum + succeeded, 0)).toBe(CALLS)
      await waitUntil('no call is left', async () => (await live()).length === 0)
      await waitUntil('everybody who follows sees that', () => shown().length === 0)
      await waitUntil('every phone is as it was', () => all(CALLED, 'Idle') && all(CALLERS, 'Unavailable'))
      expect(USERS.map((phone) => states()[phone]?.channels)).toEqual(USERS.map(() => undefined))

      await waitUntil('each is kept', async () => (await outcomes()).length >= CALLS)
      expect(await outcomes()).toEqual(Array.from({ length: CALLS }, () => 'answered'))
    } finally {
      await answerer.stop()
    }
  }, 180_000)

  async function outcomes(): Promise<unknown[]> {
    const found: unknown[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query = cursor === '' ? '' : `&cursor=${cursor}`
      const { body } = await requestJson(`${stack.url}/api/v1/calls/history?limit=100${query}`, {
        token: admin,
      })
      const page = body as unknown as { calls: { outcome: string }[]; next_cursor: string | null } // as documented
      found.push(...page.calls.map(({ outcome }) => outcome))
      cursor = page.next_cursor
    }
    return found
  }
})
