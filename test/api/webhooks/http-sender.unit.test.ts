import type { lookup } from 'node:dns'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createAddressPolicy } from '../../../api/core/webhooks/receiver-address.ts'
import { createReceiverCheck, createWebhookSender } from '../../../api/webhooks/http-sender.ts'
import { BEHAVIORS, startWebhookReceiver, type WebhookReceiver } from '../../support/webhook-receiver.ts'

let receiver: WebhookReceiver
const closing: (() => Promise<void>)[] = []
beforeEach(async () => {
  receiver = await startWebhookReceiver()
})
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  await receiver.stop()
})

const message = { body: '{"type":"webhook.test"}', headers: { 'webhook-id': 'msg_1' } }

function senderWith(allowed: string[], more: { lookup?: typeof lookup; limitMs?: number } = {}) {
  const sender = createWebhookSender({ policy: createAddressPolicy(allowed), allowsHttp: true, ...more })
  closing.push(sender.close)
  return sender
}
const send = (limitMs = 1_000) => senderWith(['127.0.0.1'], { limitMs }).send(receiver.url, message)

/** A name server that answers with these addresses, one answer after the other. */
function resolving(...answers: string[][]): typeof lookup {
  const answer = (_host: string, _options: object, callback: (err: null, all: object[]) => void) => {
    const all = answers.length > 1 ? answers.shift() : answers[0]
    callback(
      null,
      (all ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
  }
  return answer as unknown as typeof lookup // the one form that is called
}

describe('a receiver', () => {
  test('gets the body, and its answer is reported', async () => {
    const result = await send()
    expect(result).toMatchObject({ responseStatus: 204, responseText: '', error: null })
    expect(receiver.received[0]).toMatchObject({
      id: 'msg_1',
      path: '/hook?x=1',
      body: { type: 'webhook.test' },
    })
    expect(receiver.received[0]?.headers).toMatchObject({ 'content-type': 'application/json' })
  })

  test('that answers with an error is reported with the start of its answer', async () => {
    receiver.behave(BEHAVIORS.error)
    expect(await send()).toMatchObject({ responseStatus: 500, responseText: 'it is broken' })
  })

  test('that redirects to an address of this machine is not followed', async () => {
    receiver.behave(BEHAVIORS.redirect)
    expect(await send()).toMatchObject({ responseStatus: 301 })
    expect(receiver.requests()).toBe(1)
  })

  test('that resets the connection, or never answers, has an error in words', async () => {
    receiver.behave(BEHAVIORS.reset)
    expect(await send()).toMatchObject({ responseStatus: null, error: 'it closed the connection' })
    receiver.behave(BEHAVIORS.hang)
    expect(await send(300)).toMatchObject({ responseStatus: null, error: 'it did not answer in time' })
  })

  test('that answers with something else has an error in words', async () => {
    receiver.behave(BEHAVIORS.longHeaders)
    expect(await send()).toMatchObject({ error: 'the headers of its answer are too long' })
    receiver.behave(BEHAVIORS.noHttp)
    expect(await send()).toMatchObject({ error: 'its answer is not HTTP' })
  })

  test('that hangs delays no other one of the same host', async () => {
    const sender = senderWith(['127.0.0.1'], { limitMs: 3_000 })
    receiver.behave((req, res) => (req.url === '/hangs' ? {} : res.writeHead(204).end()))
    const hanging = Array.from({ length: 8 }, () =>
      sender.send(new URL('/hangs', receiver.url).href, message),
    )
    while (receiver.requests() < 8) await new Promise((resolve) => setTimeout(resolve, 5))
    const { responseStatus, durationMs } = await sender.send(receiver.url, message)
    expect(responseStatus).toBe(204)
    expect(durationMs).toBeLessThan(2_000)
    await sender.close()
    await Promise.all(hanging)
  })

  test('that sends its body too slowly is judged by its status', async () => {
    receiver.behave(BEHAVIORS.slowBody)
    expect(await send(600)).toMatchObject({ responseStatus: 200, error: null })
  })

  test('that sends 100 MB is not read beyond the start', async () => {
    receiver.behave(BEHAVIORS.hugeBody)
    const { responseText, responseStatus } = await send(5_000)
    expect(responseStatus).toBe(200)
    expect(responseText).toBe('y'.repeat(1024))
  })

  test('that asks to wait is asked how long', async () => {
    receiver.behave(BEHAVIORS.busy)
    expect(await send()).toMatchObject({ responseStatus: 429, retryAfter: 600 })
  })

  test('gets no cookie back', async () => {
    const sender = senderWith(['127.0.0.1'])
    receiver.behave(BEHAVIORS.cookie)
    for (let n = 0; n < 2; n += 1) await sender.send(receiver.url, message)
    expect(receiver.received[1]?.headers.cookie).toBeUndefined()
  })
})

describe('an address that is not allowed', () => {
  const REFUSED = 'it leads to an address that is not allowed'
  const named = () => receiver.url.replace('127.0.0.1', 'hook.example.org')

  test('gets no request, by its number', async () => {
    const { error } = await senderWith([]).send(receiver.url, message)
    expect(error).toContain('must lead to a public address')
    expect(receiver.requests()).toBe(0)
  })

  test('gets no request, by a name', async () => {
    const sender = senderWith([], { lookup: resolving(['127.0.0.1']) })
    expect(await sender.send(named(), message)).toMatchObject({ responseStatus: null, error: REFUSED })
    expect(receiver.requests()).toBe(0)
  })

  test('gets no request where its name led elsewhere when it was checked', async () => {
    const lookup = resolving(['93.184.215.14'], ['127.0.0.1'])
    const rules = { policy: createAddressPolicy([]), allowsHttp: true, lookup }
    expect(await createReceiverCheck(rules)(named())).toBeUndefined()
    expect(await senderWith([], { lookup }).send(named(), message)).toMatchObject({ error: REFUSED })
    expect(receiver.requests()).toBe(0)
  })

  test('is left out of the addresses of a name', async () => {
    const lookup = resolving(['10.0.0.1', '::1', '127.0.0.1'])
    const sender = senderWith(['127.0.0.1'], { lookup })
    expect(await sender.send(named(), message)).toMatchObject({ responseStatus: 204 })
  })

  test('is refused when an endpoint is made with its name', async () => {
    const rules = { policy: createAddressPolicy([]), allowsHttp: true }
    const check = (lookup: typeof import('node:dns').lookup) => createReceiverCheck({ ...rules, lookup })
    expect(await check(resolving(['169.254.169.254']))(named())).toContain('public address')
    expect(await check(resolving(['93.184.215.14']))(named())).toBeUndefined()
    // A name that does not exist yet.
    expect(await check(resolving([]))(named())).toBeUndefined()
  })
})
