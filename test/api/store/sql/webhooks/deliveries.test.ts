import type { KyselyPlugin } from 'kysely'
import { afterEach, describe, expect, test } from 'vitest'
import { createDispatcher, MAX_FAILING_S } from '../../../../../api/core/webhooks/dispatcher.ts'
import type { SubscribableEvent, WebhookEvent } from '../../../../../api/core/webhooks/event.ts'
import { createAddressPolicy } from '../../../../../api/core/webhooks/receiver-address.ts'
import { newWebhookSecret } from '../../../../../api/core/webhooks/signature.ts'
import { type Database, openDatabase } from '../../../../../api/store/sql/database.ts'
import { migrate } from '../../../../../api/store/sql/migrate.ts'
import { createDeliveryStore } from '../../../../../api/store/sql/webhooks/deliveries.ts'
import { createEndpointStore } from '../../../../../api/store/sql/webhooks/endpoints.ts'
import { queueEvents } from '../../../../../api/store/sql/webhooks/queue-events.ts'
import { createWebhookSender } from '../../../../../api/webhooks/http-sender.ts'
import {
  BEHAVIORS,
  startWebhookReceiver,
  type WebhookReceiver,
} from '../../../../support/webhook-receiver.ts'
import { type Engine, onBothEngines } from '../engines.ts'

const NOW = Math.floor(Date.now() / 1000)
const MESSAGES = 1_000
const eventOf = (n: number, type: SubscribableEvent = 'call.ended'): WebhookEvent => ({
  ...{ type, key: `${type}:${n}`, at: NOW },
  data: { call_id: String(n) },
})

describe('webhooks', () => {
  // At the end of each test, before the engine closes its databases.
  const stopping: (() => Promise<unknown>)[] = []
  const onEngines = (claims: (engine: Engine) => void) =>
    onBothEngines((engine) => {
      claims(engine)
      afterEach(async () => {
        for (const stop of stopping.splice(0).reverse()) await stop()
      })
    })

  async function receive(): Promise<WebhookReceiver> {
    const receiver = await startWebhookReceiver()
    stopping.push(receiver.stop)
    return receiver
  }
  const addEndpoint = async (db: Database, url: string, events: SubscribableEvent[] = ['call.ended']) => {
    const secret = newWebhookSecret()
    const endpoint = { url, events, description: '', enabled: true, sealedSecret: secret, createdBy: null }
    const { id } = (await createEndpointStore(db).add(endpoint, NOW, 50)) ?? expect.fail('too many')
    return { id, secret }
  }
  const queue = (db: Database, events: WebhookEvent[]) => db.transaction((trx) => queueEvents(trx, events))

  /** What one API process does. */
  function processOn(db: Database) {
    const clock = { s: NOW }
    const errors: unknown[] = []
    const disabled: string[] = []
    const sender = createWebhookSender({
      ...{ policy: createAddressPolicy(['127.0.0.1']), allowsHttp: true },
    })
    const dispatcher = createDispatcher({
      endpoints: createEndpointStore(db),
      deliveries: createDeliveryStore(db),
      send: sender.send,
      openSecret: (sealed) => sealed,
      onDisabled: ({ id }, reason) => void disabled.push(`${id} ${reason}`),
      onError: (err) => void errors.push(err),
      now: () => clock.s * 1000,
      random: () => 0,
    })
    stopping.push(async () => {
      await sender.close()
      await dispatcher.drained()
      expect(errors).toEqual([])
    })
    return { ...dispatcher, clock, disabled }
  }
  async function until(what: () => boolean | Promise<boolean>, tick: () => Promise<void>) {
    const end = performance.now() + 200_000
    while (!(await what())) {
      if (performance.now() > end) expect.fail('it never happened')
      await tick()
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  onEngines((engine) => {
    test('are queued once for each endpoint that subscribes, whichever process reports the fact', async () => {
      const url = await engine.empty()
      await migrate(url)
      const [one, other] = await Promise.all([1, 2].map(() => openDatabase(url, { timeoutMs: 30_000 })))
      if (one === undefined || other === undefined) throw new Error('no database')
      const calls = await addEndpoint(one, 'https://a.example/')
      const users = await addEndpoint(one, 'https://b.example/', ['user.created'])
      const events = Array.from({ length: 20 }, (_, n) => eventOf(n))
      await Promise.all([queue(one, events), queue(other, events.toReversed()), queue(one, events)])
      const store = createDeliveryStore(one)
      expect(await store.count(calls.id, {})).toBe(20)
      expect(await store.count(users.id, {})).toBe(0)
      await one.close()
      await other.close()
    })

    test('are queued with a few statements, however many endpoints and events there are', async () => {
      const db = await engine.tables()
      for (let n = 0; n < 50; n += 1)
        await addEndpoint(db, `https://a${n}.example/`, n % 2 === 0 ? ['user.created'] : ['call.ended'])
      let statements = 0
      const counting: KyselyPlugin = {
        transformQuery({ node }) {
          statements += 1
          return node
        },
        transformResult: async ({ result }) => result,
      }
      const events = Array.from({ length: 100 }, (_, n) =>
        eventOf(n, n % 4 === 0 ? 'call.ended' : 'user.created'),
      )
      await db.transaction((trx) => queueEvents(trx.withPlugin(counting), [...events, ...events.slice(0, 5)]))
      expect(statements).toBeLessThanOrEqual(5)
      const rows = await db.query
        .selectFrom('webhook_deliveries')
        .innerJoin('webhook_messages', 'webhook_messages.id', 'message_id')
        .select(['type', 'status', 'tries', 'next_try_at', (of) => of.fn.countAll<number>().as('count')])
        .groupBy(['type', 'status', 'tries', 'next_try_at'])
        .orderBy('type')
        .execute()
      const waiting = { status: 'waiting', tries: 0, next_try_at: NOW }
      expect(rows).toEqual([
        { type: 'call.ended', ...waiting, count: 25 * 25 },
        { type: 'user.created', ...waiting, count: 75 * 25 },
      ])
    })

    test('are lost with the fact, where its transaction fails', async () => {
      const db = await engine.tables()
      const { id } = await addEndpoint(db, 'https://a.example/')
      const work = db.transaction(async (trx) => {
        await queueEvents(trx, [eventOf(1)])
        throw new Error('the fact was not stored')
      })
      await expect(work).rejects.toThrow('the fact')
      expect(await createDeliveryStore(db).count(id, {})).toBe(0)
    })

    test('are delivered once by two processes', async () => {
      const url = await engine.empty()
      await migrate(url)
      const databases = await Promise.all([1, 2].map(() => openDatabase(url, { timeoutMs: 30_000 })))
      const [db] = databases
      if (db === undefined) throw new Error('no database')
      const receiver = await receive()
      receiver.trust((await addEndpoint(db, receiver.url)).secret)
      await queue(
        db,
        Array.from({ length: 60 }, (_, n) => eventOf(n)),
      )
      const processes = databases.map((one) => processOn(one))
      await until(
        () => receiver.received.length >= 60,
        async () => void (await Promise.all(processes.map((one) => one.tick()))),
      )
      await Promise.all(processes.map((one) => one.drained()))
      expect(receiver.refused).toEqual([])
      expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(60)
      expect(receiver.requests()).toBe(60)
      for (const one of databases) await one.close()
    })

    test('are repeated on the schedule, then fail, and are sent again on request', async () => {
      const db = await engine.tables()
      const receiver = await receive()
      const { id } = await addEndpoint(db, receiver.url)
      receiver.behave(BEHAVIORS.error)
      await queue(db, [eventOf(1)])
      const store = createDeliveryStore(db)
      const only = async () => (await store.list(id, {}, { limit: 10 }))[0] ?? expect.fail('none')
      const sender = processOn(db)
      for (let tries = 1; tries <= 10; tries += 1) {
        await until(async () => (await only()).tries === tries, sender.tick)
        const { nextTryAt, status } = await only()
        expect(status).toBe(tries === 10 ? 'failed' : 'waiting')
        if (tries === 1) expect(nextTryAt).toBe(NOW + 5)
        if (tries === 2) expect(nextTryAt).toBe(sender.clock.s + 300)
        sender.clock.s = nextTryAt ?? sender.clock.s
      }
      expect(receiver.requests()).toBe(10)
      expect(await only()).toMatchObject({ responseStatus: 500, responseText: 'it is broken', error: null })
      // It failed for three days.
      expect(sender.clock.s - NOW).toBeGreaterThanOrEqual(MAX_FAILING_S)
      await until(() => sender.disabled.length > 0, sender.tick)
      expect(sender.disabled).toEqual([`${id} failing`])

      receiver.behave(BEHAVIORS.ok)
      expect(await store.replayFailed(id, NOW + 1, sender.clock.s)).toBe(0)
      expect(await store.replayFailed(id, NOW, sender.clock.s)).toBe(1)
      await sender.tick()
      expect(receiver.requests()).toBe(10) // it is disabled
      const endpoints = createEndpointStore(db)
      const { url, events, description } = (await endpoints.find(id)) ?? expect.fail('none')
      await endpoints.update(id, { url, events, description, enabled: true }, undefined)
      await until(async () => (await only()).status === 'delivered', sender.tick)
      expect(await endpoints.find(id)).toMatchObject({
        failingSince: null,
        disabledReason: null,
        enabled: true,
      })
      expect(await store.replay(id, (await only()).messageId, sender.clock.s)).toBe(true)
      await until(() => receiver.requests() === 12, sender.tick)
    })

    test('end at an endpoint that is gone', async () => {
      const db = await engine.tables()
      const receiver = await receive()
      const { id } = await addEndpoint(db, receiver.url)
      receiver.behave(BEHAVIORS.gone)
      await queue(db, [eventOf(1)])
      const sender = processOn(db)
      await until(() => sender.disabled.length > 0, sender.tick)
      expect(await createEndpointStore(db).find(id)).toMatchObject({ enabled: false, disabledReason: 'gone' })
      expect(await createDeliveryStore(db).list(id, {}, { limit: 1 })).toMatchObject([{ status: 'failed' }])
      await queue(db, [eventOf(2)])
      expect(await createDeliveryStore(db).count(id, {})).toBe(1)
    })

    test('of a process that died are claimed again, and its late result changes nothing', async () => {
      const db = await engine.tables()
      const { id } = await addEndpoint(db, 'https://a.example/')
      await queue(db, [eventOf(1)])
      const store = createDeliveryStore(db)
      const [mine] = await store.claim(id, NOW, NOW + 60, 5)
      expect(await store.claim(id, NOW + 59, NOW + 120, 5)).toEqual([])
      const [theirs] = await store.claim(id, NOW + 60, NOW + 120, 5)
      expect(theirs).toMatchObject({ tries: 0 })
      const result = { responseStatus: 200, responseText: 'late\0\ud800', durationMs: 1, error: null }
      await store.finish(mine ?? expect.fail(), 'delivered', result, NOW + 61)
      expect(await store.list(id, {}, { limit: 1 })).toMatchObject([{ status: 'waiting', tries: 0 }])
      await store.finish(theirs ?? expect.fail(), 'delivered', result, NOW + 61)
      expect(await store.list(id, {}, { limit: 1 })).toMatchObject([
        { status: 'delivered', tries: 1, responseText: 'late\ufffd\ufffd' },
      ])
    })

    test('are signed by both secrets while these overlap', async () => {
      const db = await engine.tables()
      const receiver = await receive()
      const { id, secret } = await addEndpoint(db, receiver.url)
      await createEndpointStore(db).replaceSecret(id, newWebhookSecret(), NOW + 60)
      receiver.trust(secret)
      await queue(db, [eventOf(1)])
      const sender = processOn(db)
      await until(() => receiver.received.length === 1, sender.tick)
      await sender.drained()
      const later = processOn(db)
      later.clock.s = NOW + 60
      await queue(db, [eventOf(2)])
      await until(() => receiver.refused.length === 1, later.tick)
    })

    test('are purged when they are old, unless they wait', async () => {
      const db = await engine.tables()
      const { id } = await addEndpoint(db, 'https://a.example/')
      await queue(db, [eventOf(1), eventOf(2)])
      const store = createDeliveryStore(db)
      const [first] = await store.claim(id, NOW, NOW + 60, 1)
      const result = { responseStatus: 200, responseText: '', durationMs: 1, error: null }
      await store.finish(first ?? expect.fail(), 'delivered', result, NOW)
      expect(await store.purge(NOW, 10)).toBe(0)
      expect(await store.purge(NOW + 1, 10)).toBe(1)
      expect(await store.count(id, {})).toBe(1)
    })

    test('to an endpoint that hangs delay none to another', async () => {
      const db = await engine.tables()
      const [good, bad] = [await receive(), await receive()]
      good.trust((await addEndpoint(db, good.url)).secret)
      bad.behave(BEHAVIORS.hang)
      const hanging = await addEndpoint(db, bad.url)
      const all = Array.from({ length: MESSAGES }, (_, n) => eventOf(n))
      await queue(db, all)
      const sender = processOn(db)
      await until(() => good.received.length >= MESSAGES, sender.tick)
      expect(new Set(good.received.map(({ id }) => id)).size).toBe(MESSAGES)
      // The other one had no more attempts at once than it may have.
      expect(bad.requests()).toBeLessThan(MESSAGES / 2)
      expect(await createDeliveryStore(db).count(hanging.id, { status: 'waiting' })).toBe(MESSAGES)
    }, 240_000)
  })
})
