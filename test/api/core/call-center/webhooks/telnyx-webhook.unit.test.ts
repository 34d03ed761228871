import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createTelnyxWebhook } from '../../../../../api/core/call-center/webhooks/telnyx-webhook.ts'
import type { WebhookEvent } from '../../../../../api/core/call-center/webhooks/webhook-event-store.ts'
import { createDialPolicy } from '../../../../../api/core/dial-policy/create-dial-policy.ts'
import { PolicyFile } from '../../../../../api/core/dial-policy/policy-file.ts'

const NOW = 1_769_860_800
const pair = () => generateKeyPairSync('ed25519')
const { publicKey, privateKey } = pair()
/** As the portal shows it: the last 32 bytes of the key's DER form. */
const shown = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64')

const event = (payload: object = {}, data: object = {}) =>
  JSON.stringify({
    data: {
      record_type: 'event',
      id: 'bf6307bd-884d-4c1f-b6ea-c62b8c495d3c',
      event_type: 'message.received',
      occurred_at: '2026-01-31T12:00:00.000+00:00',
      payload: { from: { phone_number: '+49 30 12345678' }, text: 'STOP', ...payload },
      ...data,
    },
  })

function signed(text = event(), { at = NOW, key = privateKey } = {}) {
  const body = Buffer.from(text)
  const timestamp = String(at)
  const signature = sign(null, Buffer.concat([Buffer.from(`${timestamp}|`), body]), key).toString('base64')
  return { signature, timestamp, body }
}

const policy = createDialPolicy(PolicyFile.parse({ country: 'DE' }))

function aTelnyx(key: string | null = shown) {
  const kept: { event: WebhookEvent; optOut: unknown }[] = []
  const telnyx = createTelnyxWebhook({
    publicKey: key ?? undefined,
    toleranceSeconds: 300,
    now: () => NOW * 1000,
    policy: () => policy,
    events: {
      async save(event, optOut) {
        if (kept.some((one) => one.event.id === event.id)) return false
        kept.push({ event, optOut })
        return true
      },
    },
  })
  return { telnyx, kept }
}

test('what Telnyx signed is kept as it came, once', async () => {
  const { telnyx, kept } = aTelnyx()
  expect(await telnyx.receive(signed())).toBe(true)
  expect(await telnyx.receive(signed())).toBe(false)
  expect(kept.map((one) => one.event)).toEqual([
    {
      id: 'bf6307bd-884d-4c1f-b6ea-c62b8c495d3c',
      source: 'telnyx',
      type: 'message.received',
      occurredAt: NOW,
      receivedAt: NOW,
      body: event(),
    },
  ])
})

test('an event whose time is null is one that names none', async () => {
  const { telnyx, kept } = aTelnyx()
  expect(await telnyx.receive(signed(event({}, { occurred_at: null })))).toBe(true)
  expect(kept).toMatchObject([{ event: { occurredAt: null } }])
})

describe('nothing is kept of what Telnyx did not just sign', () => {
  const good = signed()
  const changed = Buffer.from(good.body)
  changed[changed.length - 2] = (changed.at(-2) ?? 0) ^ 1
  const other = Buffer.from(good.signature, 'base64')
  other[5] = (other[5] ?? 0) ^ 1

  test.each([
    ['another key’s signature', signed(event(), { key: pair().privateKey })],
    ['one byte of the body is another', { ...good, body: changed }],
    ['a byte more', { ...good, body: Buffer.concat([good.body, Buffer.from(' ')]) }],
    ['one byte of the signature is another', { ...good, signature: other.toString('base64') }],
    ['signed 301 seconds ago', signed(event(), { at: NOW - 301 })],
    ['signed 301 seconds from now', signed(event(), { at: NOW + 301 })],
    ['the signature is of another time', { ...good, timestamp: String(NOW - 1) }],
    ['no signature', { ...good, signature: undefined }],
    ['no timestamp', { ...good, timestamp: undefined }],
    ['an empty signature', { ...good, signature: '' }],
    ['a timestamp with a fraction', { ...good, timestamp: `${NOW}.0` }],
    ['a timestamp with a sign', { ...good, timestamp: `+${NOW}` }],
    ['base64 rubbish', { ...good, signature: `!${good.signature.slice(1)}` }],
    ['base64 of 63 bytes', { ...good, signature: Buffer.alloc(63).toString('base64') }],
    ['base64 of 65 bytes', { ...good, signature: Buffer.alloc(65).toString('base64') }],
    ['base64url', { ...good, signature: Buffer.from(good.signature, 'base64').toString('base64url') }],
    ['no JSON, and not signed', { ...good, body: Buffer.from('{') }],
  ])('%s', async (_, request) => {
    const { telnyx, kept } = aTelnyx()
    await expect(telnyx.receive(request)).rejects.toMatchObject({ code: 'credentials_wrong' })
    expect(kept).toEqual([])
  })

  test.each([NOW - 300, NOW + 300])('at the edge of the tolerance, %d, it is', async (at) => {
    expect(await aTelnyx().telnyx.receive(signed(event(), { at }))).toBe(true)
  })

  test('without a key nothing is taken, and the setting is named', async () => {
    await expect(aTelnyx(null).telnyx.receive(good)).rejects.toMatchObject({
      code: 'not_supported',
      detail: expect.stringContaining('HOOKSWITCH_TELNYX_PUBLIC_KEY'),
    })
  })
})

describe('signed, and yet no event of theirs', () => {
  test.each([
    ['no JSON', '{'],
    ['no id', event({}, { id: undefined })],
    ['an id with a NUL', event({}, { id: 'a\u0000b' })],
    ['an id of 65', event({}, { id: 'a'.repeat(65) })],
    ['a type with a blank', event({}, { event_type: 'message received' })],
    ['no payload', event({}, { payload: undefined })],
    ['a list', '[]'],
  ])('%s', async (_, text) => {
    const { telnyx, kept } = aTelnyx()
    await expect(telnyx.receive(signed(text))).rejects.toMatchObject({ code: 'input_invalid' })
    expect(kept).toEqual([])
  })

  test('bytes that are no UTF-8', async () => {
    const body = Buffer.from([0x22, 0xff, 0x22])
    const signature = sign(null, Buffer.concat([Buffer.from(`${NOW}|`), body]), privateKey).toString('base64')
    await expect(aTelnyx().telnyx.receive({ signature, timestamp: String(NOW), body })).rejects.toMatchObject(
      {
        code: 'input_invalid',
      },
    )
  })
})

describe('who wants no more calls', () => {
  const optOutOf = async (payload: object, data: object = {}) => {
    const { telnyx, kept } = aTelnyx()
    await telnyx.receive(signed(event(payload, data)))
    return kept[0]?.optOut
  }

  test.each(['STOP', 'stop', ' Stop\n', 'STOPALL', 'unsubscribe', 'Cancel', 'END', 'quit'])(
    '%j says so',
    async (text) => {
      expect(await optOutOf({ text })).toEqual({
        variants: policy.variants('+493012345678'),
        reason: `opted out by message: ${text.trim().toUpperCase()}`,
      })
    },
  )

  test.each([
    ['STOP calling me at work', {}],
    ['don’t stop', {}],
    ['', {}],
  ])('%j does not', async (text) => {
    expect(await optOutOf({ text })).toBeUndefined()
  })

  test.each<[string, object, object]>([
    ['our own message says nothing', {}, { event_type: 'message.sent' }],
    ['an emergency number is on no list', { from: { phone_number: '112' } }, {}],
    ['an extension is on no list', { from: { phone_number: '1002' } }, {}],
    ['a sender that is a name is no number', { from: { phone_number: 'ACME' } }, {}],
    ['a message without a text', { text: undefined }, {}],
    ['a message without a sender', { from: undefined }, {}],
  ])('%s', async (_, payload, data) => {
    expect(await optOutOf(payload, data)).toBeUndefined()
  })
})
