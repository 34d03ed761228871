import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loginCallCenterUser, seedCallCenter } from '../../support/call-center.ts'
import { requestJson } from '../../support/http-client.ts'
import { type Stack, startStack } from '../../support/stack.ts'

const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const publicKeyText = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64')

const event = (id: string, text: string, from: string) =>
  JSON.stringify({
    data: {
      record_type: 'event',
      id,
      event_type: 'message.received',
      occurred_at: '2026-01-31T12:00:00.000+00:00',
      payload: { direction: 'inbound', from: { phone_number: from, carrier: '' }, text },
    },
    meta: { attempt: 1 },
  })

describe('the Telnyx webhook', () => {
  const data = mkdtempSync(join(tmpdir(), 'crm-'))
  let stack: Stack

  beforeAll(async () => {
    await seedCallCenter(data)
    const policy = join(data, 'dial-policy.json')
    writeFileSync(policy, JSON.stringify({ country: 'DE' }))
    const env = { HOOKSWITCH_TELNYX_PUBLIC_KEY: publicKeyText, HOOKSWITCH_DIAL_POLICY: policy }
    stack = await startStack({ data, demo: false, env })
  })
  afterAll(async () => {
    await stack?.stop()
    rmSync(data, { recursive: true, force: true })
  })

  function sendEvent(
    body: string,
    change: { key?: KeyObject; at?: number; headers?: Record<string, string>; sent?: string } = {},
  ) {
    const timestamp = String(Math.floor(Date.now() / 1000) + (change.at ?? 0))
    const signature = sign(null, Buffer.from(`${timestamp}|${body}`), change.key ?? privateKey)
    return requestJson(`${stack.url}/api/webhooks/telnyx`, {
      method: 'POST',
      body: change.sent ?? body,
      headers: {
        'Content-Type': 'application/json',
        'Telnyx-Signature-Ed25519': signature.toString('base64'),
        'Telnyx-Timestamp': timestamp,
        ...change.headers,
      },
    })
  }

  test('accepts an event once, with any spaces and characters', async () => {
    const body = event('one', 'Grüße 📞', '+4930').replaceAll(',', ' ,\n ')
    expect(await sendEvent(body)).toMatchObject({ status: 200, body: { message: 'Received' } })
    expect(await sendEvent(body)).toMatchObject({ status: 200, body: { message: 'Already received' } })
  })

  test.each<[string, Parameters<typeof sendEvent>[1]]>([
    ['another key', { key: generateKeyPairSync('ed25519').privateKey }],
    ['a changed body', { sent: event('two', 'STOQ', '+493011111111') }],
    ['an old timestamp', { at: -320 }],
    ['a timestamp in the future', { at: 320 }],
    [
      'a timestamp that was not signed',
      { headers: { 'Telnyx-Timestamp': String(Math.floor(Date.now() / 1000) - 5) } },
    ],
    ['no signature', { headers: { 'Telnyx-Signature-Ed25519': '' } }],
    ['no timestamp', { headers: { 'Telnyx-Timestamp': '' } }],
    ['a malformed signature', { headers: { 'Telnyx-Signature-Ed25519': '!!!' } }],
    ['half a signature', { headers: { 'Telnyx-Signature-Ed25519': Buffer.alloc(32).toString('base64') } }],
  ])('refuses an event with %s, and does not process it', async (_, change) => {
    const reply = await sendEvent(event('two', 'STOP', '+493011111111'), change)
    expect(reply).toMatchObject({ status: 401, body: { message: 'Invalid signature' } })
    expect(reply.headers.get('www-authenticate')).toBe('Signature realm="hookswitch"')
    const anna = await loginCallCenterUser(stack, 'anna')
    const direct = await anna.request('/calls/direct', { json: { phoneNumber: '+493011111111' } })
    // Without a PBX, a number that is not on the do-not-call list is answered with 503.
    expect(direct.status).toBe(503)
  })

  test('puts the sender of STOP on the do-not-call list', async () => {
    const anna = await loginCallCenterUser(stack, 'anna')
    const call = () => anna.request('/calls/direct', { json: { phoneNumber: '030 22222222' } })
    expect((await call()).status).toBe(503)
    expect((await sendEvent(event('three', ' stop ', '+493022222222'))).status).toBe(200)
    expect(await call()).toMatchObject({
      status: 403,
      body: { message: 'this number is on the do-not-call list' },
    })
  })

  test('answers a signed body that is not an event with 400 and the reason', async () => {
    expect(await sendEvent('{"data":{}}')).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('data') },
    })
    expect(await sendEvent('{')).toMatchObject({ status: 400, body: { message: 'the body is not JSON' } })
  })

  test('accepts a body of 250 kB, and refuses one over 256 kB', async () => {
    expect((await sendEvent(event('four', 'x'.repeat(250_000), '+4930'))).status).toBe(200)
    expect(await sendEvent(event('five', 'x'.repeat(263_000), '+4930'))).toMatchObject({
      status: 413,
      body: { message: 'Request too large' },
    })
  })

  test('logs no content of a message', () => {
    expect(stack.logs()).not.toContain('493022222222')
  })
})

describe('the Telnyx webhook without a public key', () => {
  let stack: Stack
  beforeAll(async () => {
    stack = await startStack({ demo: false })
  })
  afterAll(() => stack?.stop())

  test('is 501 and names the setting', async () => {
    expect(await requestJson(`${stack.url}/api/webhooks/telnyx`, { json: {} })).toMatchObject({
      status: 501,
      body: { message: 'HOOKSWITCH_TELNYX_PUBLIC_KEY is not set' },
    })
  })
})
