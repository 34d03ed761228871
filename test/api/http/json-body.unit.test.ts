import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Refusal } from '../../../api/core/refusal.ts'
import { readJson } from '../../../api/http/errors.ts'
import {
  DEFAULT_JSON_LIMITS,
  exceededLimit,
  type JsonLimits,
  SNAPSHOT_JSON_LIMITS,
} from '../../../api/http/json-body.ts'
import { SnapshotBody } from '../../../api/http/softphone/wire.ts'
import { parseClientMessage } from '../../../api/http/voip/socket-wire.ts'

const tight: JsonLimits = { maxDepth: 3, maxPerContainer: 4, maxTotal: 8 }
const excess = (text: string, limits = tight) => exceededLimit(Buffer.from(text), limits)

describe('the limits of a JSON text', () => {
  test.each([
    ['three levels', '{"a":{"b":[1]}}'],
    ['four members', '{"a":1,"b":2,"c":3,"d":4}'],
    ['eight in all', '[[1,2,3,4],[1,2]]'],
    ['brackets and commas within strings', '["[[[[[[,,,,,,,", "\\"[[[[[,,,,,", "\\\\"]'],
    ['strings with multi-byte characters', '["😀,[{","ü"]'],
    ['a number', '1'],
    ['text that is not JSON', ']]]]}}}}'],
  ])('allow %s', (_, text) => expect(excess(text)).toBeUndefined())

  test.each([
    ['four levels', '[[[[', 'levels deep'],
    ['five members', '{"a":1,"b":2,"c":3,"d":4,"e":5}', 'in one object'],
    ['five elements', '[1,2,3,4,5]', 'in one object'],
    ['nine in all', '[[1,2,3,4],[1,2,3]]', 'more than 8 members'],
    ['commas behind a string that ends', '["\\\\",1,2,3,4]', 'in one object'],
  ])('refuse %s', (_, text, why) => expect(excess(text)).toContain(why))

  test('allow a snapshot of 14 000 extensions, 4 000 of them in a call', () => {
    const states = Object.fromEntries(
      Array.from({ length: 14_000 }, (_, n) => [
        String(10_000 + n),
        {
          state: 'Idle',
          name: 'Anna',
          ...(n < 4_000 ? { channels: { [`PJSIP/${n}`]: { number: '1', direction: 'incoming' } } } : {}),
        },
      ]),
    )
    const text = JSON.stringify({ states })
    expect(text.length).toBeLessThan(1_048_576)
    expect(excess(text, SNAPSHOT_JSON_LIMITS)).toBeUndefined()
    expect(excess(text, DEFAULT_JSON_LIMITS)).toBeDefined()
  })
})

test('readJson refuses a body beyond the limits before a schema reads it', async () => {
  let looked = 0
  const Watching = z.unknown().refine(() => (looked += 1))
  const app = new Hono()
  app.onError((err, c) => c.text(err instanceof Refusal ? `${err.code}: ${err.detail}` : 'fault', 400))
  app.post('/', async (c) => c.text(String(await readJson(c, Watching))))
  const post = async (body: string) => {
    const headers = { 'Content-Type': 'application/json' }
    return (await app.request('/', { method: 'POST', headers, body })).text()
  }
  expect(await post(`[${'1,'.repeat(400_000)}1]`)).toMatch(/^input_invalid: the body has more than/)
  expect(await post('['.repeat(50_000))).toMatch(/^input_invalid: the body is more than 32 levels/)
  expect(looked).toBe(0)
  expect(await post('[1]')).toBe('1')
  expect(looked).toBe(1)
})

test('the schema of a snapshot accepts an object without reading its members', () => {
  let walked = 0
  const body = new Proxy(
    { states: {} },
    {
      ownKeys(of) {
        walked += 1
        return Reflect.ownKeys(of)
      },
    },
  )
  expect(SnapshotBody.safeParse(body).success).toBe(true)
  expect(walked).toBe(0)
  expect([[], null, 1, 'x', undefined].map((one) => SnapshotBody.safeParse(one).success)).not.toContain(true)
})

test('a socket message has the same limits as a body', () => {
  const parse = (data: string) =>
    parseClientMessage(`{"type":"call_status","channel":"c","status":"s","data":${data}}`)
  expect(parse('[[1]]')).toMatchObject({ message: { type: 'call_status' } })
  expect(parse('['.repeat(10_000) + ']'.repeat(10_000))).toEqual({ error: 'Message is too large' })
  expect(parse(`[${'1,'.repeat(20_000)}1]`)).toEqual({ error: 'Message is too large' })
})
