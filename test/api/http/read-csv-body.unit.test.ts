import { readFileSync } from 'node:fs'
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { Refusal } from '../../../api/core/refusal.ts'
import { MAX_CSV_MIB, readCsvBody } from '../../../api/http/read-csv-body.ts'

const app = new Hono()
app.post('/', async (c) => c.text((await readCsvBody(c)).join('')))
app.onError((err, c) => (err instanceof Refusal ? c.text(err.code, 400) : c.text('internal', 500)))
const send = async (type: string, body: NonNullable<RequestInit['body']> = 'name,phone\n') => {
  const init = { method: 'POST', headers: { 'Content-Type': type }, body, duplex: 'half' as const }
  const res = await app.request('/', init)
  return [res.status, await res.text()]
}

describe('readCsvBody', () => {
  test.each([
    ...[
      'text/csv',
      'text/csv; charset=utf-8',
      'TEXT/CSV;header=present;charset="UTF-8"',
      'text/csv ; charset=utf8',
    ],
    ...[
      'application/vnd.ms-excel',
      'application/csv',
      'text/plain;charset=UTF-8',
      'text/tab-separated-values',
    ],
  ])('accepts the CSV content type %s', async (type) => {
    expect(await send(type)).toEqual([200, 'name,phone\n'])
  })
  test.each(['application/json', 'text/csvx', 'text/html', 'multipart/form-data', ''])(
    'refuses the content type %j',
    async (type) => {
      expect(await send(type)).toEqual([400, 'input_invalid'])
    },
  )
})

test('nginx and the API have the same limit for a CSV body', () => {
  const conf = readFileSync(new URL('../../../nginx/api.conf', import.meta.url), 'utf8')
  for (const path of ['/api/leads/import', '/api/v1/lead-imports']) {
    expect(conf).toMatch(new RegExp(`location = ${path} \\{\\s+client_max_body_size ${MAX_CSV_MIB}m;`))
  }
})

test('a chunked CSV body over the limit is refused before its end is read', async () => {
  let sent = 0
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 1
      controller.enqueue(new Uint8Array(1_048_576).fill(0x78))
    },
  })
  expect(await send('text/csv', endless)).toEqual([400, 'input_too_large'])
  expect(sent).toBeLessThan(MAX_CSV_MIB + 10)
})
