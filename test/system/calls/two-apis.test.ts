import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { connectRedis } from '../../../runtime/redis.ts'
import { whyAsteriskUnavailable } from '../../support/asterisk.ts'
import type { SseSubscription } from '../../support/http-client.ts'
import { type Phone, startPhone } from '../../support/phone.ts'
import { type SecondNode, secondRunFolder, startSecondNode } from '../../support/second-node.ts'
import { waitUntil } from '../../support/stack.ts'
import { startTelephony, type Telephony } from '../../support/telephony.ts'
import { callEventsOf, extensionStateOf, loginV1Client, type V1Client } from '../../support/v1-client.ts'

const missing = await whyAsteriskUnavailable()
const title = missing === undefined ? 'two apis on one PBX' : `two apis on one PBX (skipped: ${missing})`

describe.skipIf(missing !== undefined)(title, () => {
  let data: string
  let telephony: Telephony
  let two: SecondNode
  let redis: Redis
  /** The same two users at each node. */
  let aliceAtOne: V1Client
  let aliceAtTwo: V1Client
  let bobAtTwo: V1Client
  let phone1: Phone
  let phone2: Phone
  let followers: SseSubscription[]

  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'hs-'))
    const sockets = [join(data, 'run', 'publish-1.sock'), join(secondRunFolder(data), 'publish-1.sock')].join(
      ',',
    )
    telephony = await startTelephony({ data, env: { HOOKSWITCH_NGINX_SOCKETS: sockets } })
    const { stack, asterisk, settings } = telephony
    two = await startSecondNode(stack, settings)
    redis = connectRedis(`unix:${join(stack.run, 'redis.sock')}`, () => {})
    await redis.connect()
    ;[aliceAtOne, aliceAtTwo, bobAtTwo] = await Promise.all([
      loginV1Client(stack, 'user1'),
      loginV1Client(two, 'user1'),
      loginV1Client(two, 'user2'),
    ])
    ;[phone1, phone2] = await Promise.all([
      startPhone(asterisk, '1001', { answer: 'manual' }),
      startPhone(asterisk, '1002', { answer: 'manual' }),
    ])
    followers = [
      await aliceAtOne.follow('users-state'),
      await bobAtTwo.follow('users-state'),
      await aliceAtOne.follow('me'),
      await aliceAtTwo.follow('me'),
      await bobAtTwo.follow('me'),
    ]
    await are('Idle')
  })
  afterEach(async () => {
    for (const call of await aliceAtTwo.calls()) await aliceAtTwo.command(call.id, 'hangup')
    await waitUntil('both phones are idle', () => [phone1, phone2].every((phone) => phone.state() === 'idle'))
    await are('Idle')
  })
  afterAll(async () => {
    for (const follower of followers ?? []) follower.close()
    redis?.disconnect()
    await Promise.all([phone1, phone2].map((phone) => phone?.stop()))
    await two?.stop()
    await telephony?.stop()
    rmSync(data, { recursive: true, force: true })
  })

  const are = (state: string) =>
    waitUntil(`both nodes say that both are ${state}`, () =>
      followers
        .slice(0, 2)
        .every((one) => ['1001', '1002'].every((extension) => extensionStateOf(one, extension) === state)),
    )
  const rings = (phone: Phone) => waitUntil(`${phone.extension} rings`, () => phone.state() === 'ringing')
  async function talking(alice: V1Client): Promise<string> {
    const id = await alice.dial('1002')
    for (const phone of [phone1, phone2]) {
      await rings(phone)
      await phone.accept()
    }
    await alice.waitForCall(id, 'they talk', ({ state }) => state === 'up')
    return id
  }
  const holder = () => redis.get('{hookswitch:lease:pbx}')
  const ended = (id: string) =>
    waitUntil('all were told the end', () =>
      followers.slice(2).every((one) => callEventsOf(one, id).at(-1) === 'call_status answered'),
    )

  test.each([
    ['one', () => aliceAtOne],
    ['the other', () => aliceAtTwo],
  ])('a call placed through %s works, and both nodes know it', async (_, alice) => {
    const id = await talking(alice())
    for (const one of [aliceAtOne, aliceAtTwo, bobAtTwo])
      await one.waitForCall(id, 'it is up', ({ state }) => state === 'up')
    // Not the node that placed it.
    expect((await bobAtTwo.command(id, 'hangup')).status).toBe(204)
    await ended(id)
    for (const one of [aliceAtOne, bobAtTwo])
      expect(await one.history(id)).toMatchObject({ outcome: 'answered' })
  })

  test('one node notifies: every message comes once, with the next number and new content', async () => {
    const from = followers.map(({ messages }) => messages.length - 1)
    const id = await talking(aliceAtOne)
    await are('Up')
    expect((await aliceAtTwo.command(id, 'hangup')).status).toBe(204)
    await ended(id)
    await are('Idle')
    for (const [n, { messages }] of followers.entries()) {
      const seen = messages.slice(from[n])
      expect(seen.length).toBeGreaterThanOrEqual(3)
      const [first] = seen
      expect(seen.map(({ seq, epoch }) => [seq, epoch])).toEqual(
        seen.map((_, at) => [Number(first?.seq) + at, first?.epoch]),
      )
      const contents = seen.map(({ seq: _, epoch: __, timestamp: ___, ...news }) => JSON.stringify(news))
      expect(contents.filter((text, at) => text === contents[at - 1])).toEqual([])
    }
  })

  test('an Idempotency-Key is valid at both nodes: one call', async () => {
    const key = 'at-both-at-once'
    const ids = await Promise.all(
      [aliceAtOne, aliceAtTwo, aliceAtOne, aliceAtTwo].map((alice) => alice.dial('1002', { key })),
    )
    expect(new Set(ids).size).toBe(1)
    await rings(phone1)
    expect(await aliceAtTwo.calls()).toHaveLength(1)
  })

  test('when the node that notifies is killed the other one does, and live calls stay known', async () => {
    const id = await talking(aliceAtOne)
    const before = await holder()
    const killed = telephony.stack.pid('api')
    telephony.stack.signal('api', 'SIGKILL')
    await waitUntil('another one tells', async () => ![before, null].includes(await holder()), 5_000)
    expect(await aliceAtTwo.call(id)).toMatchObject({ state: 'up' })
    await waitUntil('the killed one is back', () => telephony.stack.pid('api') !== killed)
    await waitUntil(
      'and knows the call',
      async () =>
        (await aliceAtOne.call(id).catch(() => undefined))?.legs.filter(({ state }) => state === 'up')
          .length === 2,
    )
    expect((await aliceAtTwo.command(id, 'hangup')).status).toBe(204)
    await ended(id)
    expect(await aliceAtTwo.history(id)).toMatchObject({ outcome: 'answered', cause: 16 })
  })
})
