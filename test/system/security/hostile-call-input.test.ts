import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type AmiCall, simulateCall } from '../../support/ami-call.ts'
import { type AmiPbx, startAmiPbx } from '../../support/ami-pbx.ts'
import { login, requestJson, type SseSubscription, subscribeSse } from '../../support/http-client.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'

let pbx: AmiPbx
let stack: Stack
let token: string
let admin: string
let call: AmiCall
beforeAll(async () => {
  pbx = await startAmiPbx({
    devices: () => [['Event: DeviceStateChange', 'Device: PJSIP/1002', 'State: NOT_INUSE']],
  })
  stack = await startStack({ env: { ...pbx.env, HOOKSWITCH_REGISTRATION: 'open' } })
  token = (await login(stack)).access
  admin = (await login(stack, 'admin')).access
  await waitUntil('the PBX is there', async () => (await v1('GET', '/capabilities')).body.online === true)
  call = simulateCall(pbx, { extension: '1001' }, { extension: '1002' })
  await waitUntil('the call is up', async () => (await v1('GET', `/calls/${call.id}`)).body.state === 'up')
})
afterAll(async () => {
  await stack?.stop()
  await pbx?.stop()
})

const v1 = (method: string, path: string, init: { json?: unknown; body?: string; headers?: object } = {}) =>
  requestJson(`${stack.url}/api/v1${path}`, { method, token, ...(init as RequestInit) })

/** Values that have a meaning in Asterisk, in a shell, in SQL, in JSON or in a log. */
const HOSTILE_TEXTS: readonly (readonly [title: string, text: string])[] = [
  ['CR', '1002\rAction: Command'],
  ['LF', '1002\nAction: Command'],
  ['CR LF and an action', '1002\r\n\r\nAction: Command\r\nCommand: core stop now\r\n\r\n'],
  ['CR LF and a field', '1002\r\nApplication: System\r\nData: id'],
  ['NUL', '1002\u0000'],
  ['U+134A, which a reader of bytes takes for LF', '1002ፊApplication: System'],
  ['U+010A and U+010D, which are CR and LF in Latin-1', '1002č\u010aApplication: System'],
  ['a line separator', '1002\u2028Action: Command'],
  ['a comma', '1002,1,Hangup'],
  ['a bracket', '1002(x)$' + '{SHELL(id)}'],
  ['a variable', '$' + '{CURL(http://127.0.0.1/)}'],
  ['a quote', '1002" <1000>'],
  ['a pattern', '/regex/'],
  ['a pattern that fits all', '/.*/'],
  ['a Local channel', 'Local/1001@internal'],
  ['a channel', 'PJSIP/1001'],
  ['two phones', '1001&PJSIP/1002'],
  ['a SIP address', 'sip:1002@192.0.2.1'],
  ['an endpoint and an address', '1002/sip:a@192.0.2.1'],
  ['a path', '../../etc/passwd'],
  ['digits of another script', '１００２'],
  ['half a character', '1002\ud834'],
  ['the other half', '\udd1e1002'],
  ['a mark that turns the writing', '\u202e2001'],
  ['a key of every object', '__proto__'],
  ['another one', 'constructor'],
  ['nothing', ''],
  ['a blank', ' '],
  ['SQL', "1002' OR '1'='1"],
]
const HOSTILE_VALUES: readonly (readonly [title: string, value: unknown])[] = [
  ...HOSTILE_TEXTS,
  ['null', null],
  ['true', true],
  ['a number', 1002],
  ['a large number', 1e308],
  ['a list', ['1002']],
  ['an object', { toString: '1002' }],
  ['an object with a key of every object', JSON.parse('{"__proto__":{"number":"1002"}}')],
  ['a thousand lists', JSON.parse(`${'['.repeat(1_000)}${']'.repeat(1_000)}`)],
  ['30 kB', '1'.repeat(30_000)],
  ['100 kB', '1'.repeat(100_000)],
]

/** Each field with a text of the client. */
const FIELDS: readonly (readonly [
  field: string,
  method: string,
  path: () => string,
  json: (v: unknown) => object,
])[] = [
  ['number to dial', 'POST', () => '/api/v1/calls', (number) => ({ number })],
  ['user_id', 'POST', () => '/api/v1/calls', (user_id) => ({ number: '1002', user_id })],
  ['caller_number', 'POST', () => '/api/v1/calls', (caller_number) => ({ number: '1002', caller_number })],
  ['target', 'POST', () => `/api/v1/calls/${call.id}/transfer`, (number) => ({ number })],
  ['attended target', 'POST', () => `/api/v1/calls/${call.id}/attended-transfer`, (number) => ({ number })],
  ['digits', 'POST', () => `/api/v1/calls/${call.id}/dtmf`, (digits) => ({ digits })],
  ['own status', 'PUT', () => '/api/v1/status', (status) => ({ status })],
  [
    'target_extension',
    'POST',
    () => '/protected/call/initiate',
    (target_extension) => ({ target_extension }),
  ],
  ['channel to answer', 'POST', () => '/protected/call/answer', (channel) => ({ channel })],
  ['channel to hang up', 'POST', () => '/protected/call/hangup', (channel) => ({ channel })],
  ['status word', 'PUT', () => '/protected/status', (status) => ({ status })],
]

/** Refused in the surface's error format, without internal details. */
function expectRefusal(reply: Awaited<ReturnType<typeof requestJson>>, path: string) {
  expect(reply.status).toBeGreaterThanOrEqual(400)
  expect(reply.status).toBeLessThan(500)
  if (path.startsWith('/api/v1')) {
    expect(reply.headers.get('content-type')).toContain('application/problem+json')
    // nginx refuses more than 64 kB with its own code.
    const code = reply.status === 413 ? {} : { code: expect.any(String) }
    expect(reply.body).toMatchObject({ status: reply.status, ...code })
  } else expect(reply.body).toEqual({ error: expect.any(String) })
  expect(JSON.stringify(reply.body).length).toBeLessThan(1_000)
}

let before: number
beforeEach(() => {
  before = pbx.controlActions().length
})
/** No request has reached the PBX. */
afterEach(() => expect(pbx.controlActions().slice(before)).toEqual([]))

describe('a hostile value', () => {
  /** Optional fields: null counts as missing, so that the call is valid. */
  const OPTIONAL: readonly string[] = ['user_id', 'caller_number']
  test.each(FIELDS)('as %s is refused and never reaches the PBX', async (name, method, path, json) => {
    for (const [title, value] of HOSTILE_VALUES) {
      if (value === null && OPTIONAL.includes(name)) continue
      const reply = await requestJson(`${stack.url}${path()}`, { method, token, json: json(value) })
      try {
        expectRefusal(reply, path())
      } catch (err) {
        throw new Error(`${title}: ${reply.status} ${JSON.stringify(reply.body)}`, { cause: err })
      }
    }
  })

  test('as the id of a call in a path finds nothing', async () => {
    const commands = ['', '/hangup', '/decline', '/hold', '/mute', '/park', '/answer', '/recording/pause']
    for (const [title, text] of HOSTILE_TEXTS) {
      if (text.trim() === '') continue
      for (const command of commands) {
        const id = encodeURIComponent(text.toWellFormed())
        const reply = await v1(command === '' ? 'GET' : 'POST', `/calls/${id}${command}`)
        expect([title, reply.status]).toEqual([title, expect.toSatisfy((one) => one >= 400 && one < 500)])
      }
    }
  })

  test.each([
    ['DTMF', 'dtmf', { digits: '1' }],
    ['a transfer', 'transfer', { number: '1002' }],
  ])('as the id of a call in a path is no call for %s', async (_, command, json) => {
    for (const [title, text] of HOSTILE_TEXTS) {
      if (text.trim() === '') continue
      const id = encodeURIComponent(text.toWellFormed())
      const reply = await v1('POST', `/calls/${id}/${command}`, { json })
      expect([title, reply.status]).toEqual([title, expect.toSatisfy((one) => one >= 400 && one < 500)])
    }
  })

  test.each([
    ['', 'an empty one'],
    ['x'.repeat(256), 'a long one'],
    ['with a blank', 'one with a blank'],
    ['\u00e9', 'one that is not ASCII'],
  ])('as an Idempotency-Key is refused: %s', async (key) => {
    const headers = { 'Idempotency-Key': key }
    for (const [path, json] of [
      ['/api/v1/calls', { number: '１' }],
      ['/api/v1/calls', { number: '1002' }],
    ] as const) {
      const reply = await requestJson(`${stack.url}${path}`, { token, json, headers })
      expectRefusal(reply, path)
    }
  })
})

describe('a malformed body', () => {
  const JSON_TYPE = 'application/json'
  const BODIES: readonly (readonly [title: string, body: string, type: string])[] = [
    ['nothing', '', JSON_TYPE],
    ['half an object', '{"number":"1002"', JSON_TYPE],
    ['a word', 'number', JSON_TYPE],
    ['a string', '"1002"', JSON_TYPE],
    ['a list', '[{"number":"1002"}]', JSON_TYPE],
    ['null', 'null', JSON_TYPE],
    ['a raw line break in a string', '{"number":"1002\r\nAction: Command"}', JSON_TYPE],
    ['two objects', '{"number":"1002"}{"number":"1003"}', JSON_TYPE],
    ['a key of every object', '{"__proto__":{"number":"1002"}}', JSON_TYPE],
    ['an unknown key', '{"number":"1002","context":"from-trunk"}', JSON_TYPE],
    ['AMI’s own keys', '{"Channel":"PJSIP/1001","Application":"System","Data":"id"}', JSON_TYPE],
    ['deep nesting', `${'{"number":'.repeat(5_000)}1${'}'.repeat(5_000)}`, JSON_TYPE],
    ['a form', 'number=1002', 'application/x-www-form-urlencoded'],
    ['text', '{"number":"1002"}', 'text/plain'],
    ['a type that is none', '{"number":"1002"}', 'application/json, text/plain'],
    ['bytes that are no UTF-8', '{"number":"\xff\xfe"}', JSON_TYPE],
  ]
  const paths = () => [
    '/api/v1/calls',
    `/api/v1/calls/${call.id}/transfer`,
    `/api/v1/calls/${call.id}/attended-transfer`,
    `/api/v1/calls/${call.id}/dtmf`,
    '/protected/call/initiate',
    '/protected/call/answer',
    '/protected/call/hangup',
  ]
  test.each(BODIES)('is refused: %s', async (_, text, type) => {
    for (const path of paths()) {
      const reply = await requestJson(`${stack.url}${path}`, {
        method: 'POST',
        token,
        headers: { 'Content-Type': type },
        body: Buffer.from(text, 'latin1'),
      })
      expectRefusal(reply, path)
      expect(reply.status).toBe(400)
    }
  })
})

describe('over the socket', () => {
  let ws: WebSocket
  let frames: { type: string; error?: string }[]
  const open = async () => {
    const { body } = await requestJson(`${stack.url}/api/login`, {
      json: { username: 'user1', password: 'password' },
    })
    frames = []
    ws = new WebSocket(
      `${stack.url.replace('http', 'ws')}/ws?extension=1001`,
      ['bearer', String(body.token)],
      {
        origin: stack.url,
      },
    )
    ws.on('message', (data) => frames.push(JSON.parse(String(data))))
    await waitUntil('it is open', () => frames.length > 0)
  }
  /** Sends a message, slowly enough for the rate limit, and waits for the answers. */
  const send = async (text: string) => {
    const framesBefore = frames.length
    ws.send(text)
    await waitUntil('it is answered', () => frames.length > framesBefore || ws.readyState > WebSocket.OPEN)
    await new Promise((resolve) => setTimeout(resolve, 60))
    return frames.slice(framesBefore)
  }
  afterEach(() => ws.close())

  const MESSAGES: readonly (readonly [string, (value: unknown) => object])[] = [
    ['hangup', (channel) => ({ type: 'hangup', channel })],
    ['answer_call', (channel) => ({ type: 'answer_call', channel })],
    ['call_status’ channel', (channel) => ({ type: 'call_status', channel, status: 'ok' })],
    ['call_status', (status) => ({ type: 'call_status', channel: call.id, status })],
    ['user_status', (status) => ({ type: 'user_status', status })],
    ['auth', (token) => ({ type: 'auth', token })],
    ['type', (type) => ({ type })],
  ]
  test.each(MESSAGES)('%s with a hostile value is an error and nothing else', async (name, message) => {
    await open()
    // Skips values that are valid for a status.
    const fits = (value: unknown) =>
      name === 'call_status' && typeof value === 'string' && /^[\w .:-]{1,64}$/.test(value)
    for (const [title, value] of HOSTILE_VALUES) {
      const text = JSON.stringify(message(value))
      // Longer ones close the socket, which another test covers.
      if (fits(value) || text.length > 8_000) continue
      const answers = await send(text)
      expect([title, answers.map(({ type }) => type)]).toEqual([title, ['error']])
      expect(JSON.stringify(answers).length).toBeLessThan(500)
    }
    expect(ws.readyState).toBe(WebSocket.OPEN)
  })

  test('too long a message closes this socket alone', async () => {
    await open()
    const other = ws
    await open()
    const closed = new Promise((resolve) => ws.once('close', resolve))
    ws.send(JSON.stringify({ type: 'hangup', channel: '1'.repeat(100_000) }))
    expect(await closed).toBe(1009)
    expect(other.readyState).toBe(WebSocket.OPEN)
    other.close()
  })
})

describe('a hostile caller', () => {
  let follower: SseSubscription
  let live: AmiCall | undefined
  afterEach(async () => {
    follower?.close()
    live?.hangUp()
    await waitUntil('it is over', async () => {
      const { body } = await requestJson(`${stack.url}/api/v1/calls`, { token: admin })
      return Array.isArray(body.calls) && body.calls.every(({ id }) => id === call.id)
    })
  })

  const NAMES: readonly (readonly [title: string, name: string])[] = [
    ['a quote', 'Bob" <1000>'],
    ['markup', '<script>alert(1)</script>'],
    ['U+134A', 'BobፊEvent: Forged'],
    ['a lone LF, as some versions let through', 'Bob\nEvent: Forged'],
    ['a lone CR', 'Bob\rEvent: Forged'],
    ['controls', 'Bob\u0000\u0007\u001b[31m\u0085\u2028\u202e'],
    ['8 kB', 'B'.repeat(8_192)],
    ['8 kB of pictures', '😀'.repeat(2_048)],
    ['a key of every object', '__proto__'],
    ['JSON', '"},"admin":true,"x":{"'],
    ['a formula', '=HYPERLINK("http://192.0.2.1")'],
  ]
  test.each(NAMES)('with %s in the name is shown as one short line', async (_, name) => {
    follower = subscribeSse(stack, admin, `${stack.base}/sub/active-calls`)
    live = simulateCall(pbx, { extension: '2666', name }, { extension: '1003' })
    const { id } = live
    await waitUntil('it has arrived', () => JSON.stringify(follower.messages).includes(id))
    const user3 = (await login(stack, 'user3')).access
    const { status, body } = await requestJson(`${stack.url}/api/v1/calls/${id}`, { token: user3 })
    expect([status, body.state]).toEqual([200, 'up'])
    const shown = (body.from as { name: string }).name
    expect(shown).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202e]/u)
    expect([...shown].length).toBeLessThanOrEqual(80)
    expect(name.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202e]/gu, '').startsWith(shown)).toBe(true)
    expect(JSON.stringify(body).length).toBeLessThan(2_000)
    // The forged event would be another call.
    const { body: all } = await requestJson(`${stack.url}/api/v1/calls`, { token: admin })
    expect((all.calls as { id: string }[]).map((one) => one.id).sort()).toEqual([call.id, id].sort())
  })

  test('with CR LF in the name, should Asterisk ever send it, ends one event early and no link', async () => {
    live = simulateCall(
      pbx,
      { extension: '2666', name: 'Bob\r\n\r\nEvent: Forged\r\n\r\nx: y' },
      { extension: '1003' },
    )
    await new Promise((resolve) => setTimeout(resolve, 300))
    const { body } = await v1('GET', `/calls/${call.id}`)
    expect(body.state).toBe('up')
  })
})

describe('the action that reaches the PBX', () => {
  /** Dials, and returns the one action that the PBX received. */
  async function orderOf(by: string, number: string) {
    const { status, body } = await requestJson(`${stack.url}/api/v1/calls`, { token: by, json: { number } })
    const orders = pbx.controlActions().slice(before)
    before = pbx.controlActions().length
    expect([status, orders.length]).toEqual([202, 1])
    return { id: body.id, order: { ...orders[0] } }
  }
  const originate = {
    action: 'Originate',
    context: 'internal',
    priority: '1',
    timeout: '30000',
    async: 'true',
  }

  test.each(['1002', ' 10-02 '])('is an Originate of nothing but its own fields, for %j', async (number) => {
    const { id, order } = await orderOf(token, number)
    expect(order).toEqual({
      ...originate,
      actionid: expect.stringMatching(/^hookswitch-[0-9a-f]{16}\.\d+$/),
      channel: 'PJSIP/1001',
      exten: '1002',
      callerid: '"user1" <1001>',
      channelid: id,
    })
  })

  test('contains of a hostile name of the user only characters without syntax', async () => {
    const eve = {
      username: 'Eve"<1000>,\\ፊApplication:System',
      email: 'eve@example.org',
      password: 'a long one',
      extension: '1066',
    }
    expect((await requestJson(`${stack.url}/api/register`, { json: eve })).status).toBe(201)
    const { order } = await orderOf((await login(stack, eve.username, eve.password)).access, '1002')
    expect(order).toMatchObject({
      ...originate,
      channel: 'PJSIP/1066',
      callerid: '"Eve1000ፊApplication:System" <1066>',
    })
    expect(Object.keys(order)).toHaveLength(10)
  })
})

describe('after all hostile input', () => {
  test('the link to the PBX was never lost, and the log has no unexpected error', () => {
    expect(pbx.eventConnections()).toBe(1)
    const failures = stack.logs().match(/.*"(request_failed|socket_failed)".*/g) ?? []
    expect(failures).toEqual([])
  })
})
