import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type CallCenterClient,
  type CallCenterStack,
  type CallCenterUserName,
  startCallCenter,
} from '../../support/call-center.ts'
import { sendRaw } from '../../support/raw-http.ts'
import { type Stack, waitUntil } from '../../support/stack.ts'

type Body = NonNullable<RequestInit['body']>
interface Job {
  id: number
  state: string
  totalRows: number
  doneRows: number
  added: number
  updated: number
  skipped: number
  refused: number
  note: string | null
  columns: { header: string; member: string | null }[]
  badRows: ImportIssue[]
  oddCells: ImportIssue[]
}
interface ImportIssue {
  line: number
  column: string | null
  reason: string
}

let stack: Stack
let agentIds: Record<CallCenterUserName, number>
let root: CallCenterClient
let sven: CallCenterClient
let tara: CallCenterClient
let anna: CallCenterClient
let callCenter: CallCenterStack

beforeAll(async () => {
  callCenter = await startCallCenter()
  ;({ stack, agentIds } = callCenter)
  ;({ root, sven, tara, anna } = callCenter.clients)
})
afterAll(() => callCenter?.stop())

const send = (who: CallCenterClient, body: Body, query = '', type = 'text/csv') =>
  who.request(`/leads/import${query}`, { method: 'POST', headers: { 'Content-Type': type }, body })
const jobOf = async (who: CallCenterClient, id: number) =>
  (await who.request(`/leads/import/${id}`)).body as unknown as Job // as documented
async function importCsv(who: CallCenterClient, body: Body, query = '', withinMs = 15_000): Promise<Job> {
  const { status, headers, body: reply } = await send(who, body, query)
  expect(status, JSON.stringify(reply)).toBe(202)
  const { id } = reply as unknown as Job // as documented
  expect(headers.get('location')).toBe(`/api/leads/import/${id}`)
  await waitUntil('the import is done', async () => (await jobOf(who, id)).state !== 'RUNNING', withinMs)
  return jobOf(who, id)
}
interface LeadRow {
  id: number
  name: string
  phone: string
  company: string | null
  notes: string | null
  title: string | null
}
async function listLeads(who: CallCenterClient, query = ''): Promise<LeadRow[]> {
  const found: LeadRow[] = []
  for (let path: string | undefined = `/leads?limit=1000&${query}`; path !== undefined; ) {
    const { body, headers } = await who.request(path)
    found.push(...(body as unknown as LeadRow[])) // a bare array
    path = /<\/api([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
  }
  return found
}
const exported = async (who: CallCenterClient, query = '') => {
  const res = await fetch(`${stack.url}/api/leads/export${query}`, {
    headers: { Authorization: `Bearer ${who.token}` },
  })
  const bytes = await res.arrayBuffer()
  return {
    status: res.status,
    headers: res.headers,
    text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
  }
}

describe('an import request', () => {
  const good = 'name,phone\nJohn Smith,+49301\n'
  test.each<[string, Body, string?]>([
    ['an empty body', ''],
    ['only a header', 'name,phone\n'],
    ['no phone column', 'name,email\nJohn,j@example.org\n'],
    ['101 columns', `phone${',x'.repeat(100)}\n1\n`],
    ['an unclosed quote', 'name,phone\n"John,+49301\nJoan,+49302\n'],
    ['Latin-1 text without a charset', Buffer.from('name,phone\nJörg,+49301\n', 'latin1')],
    ['a NUL byte', 'name,phone\nJo\0hn,+49301\n'],
    ['an Excel workbook', Buffer.from('PK\x03\x04\x14\x00\x06\x00')],
    ['an unknown charset', good, 'text/csv; charset=utf-9'],
    ['the content type of JSON', good, 'application/json'],
  ])('with %s is 400 with a message', async (_, body, type) => {
    const answer = await send(sven, body, '', type)
    expect([answer.status, answer.body]).toEqual([400, { message: expect.stringMatching(/\w+ \w+/) }])
  })
  test('without a phone column is 400 and names the columns', async () => {
    const { body } = await send(sven, 'Name;E-Mail;Fax\nJohn;j@example.org;1\n')
    expect(body).toEqual({ message: 'no column is the phone; the columns are “Name”, “E-Mail”, “Fax”' })
  })
  test.each([
    ['?duplicates=burn', 400],
    ['?dryRun=perhaps', 400],
    ['?campaignId=x', 400],
    ['?campaignId=999999', 404],
    ['?assignedAgentId=999999', 404],
  ])('with the query %s is %i', async (query, status) => {
    expect((await send(sven, good, query)).status).toBe(status)
  })
  test('of a supervisor for an agent of another team is 404', async () => {
    expect((await send(sven, good, `?assignedAgentId=${agentIds.carl}`)).status).toBe(404)
  })
  test('of an agent is 403', async () => {
    expect((await send(anna, good)).status).toBe(403)
  })
  test('without permission is refused before the body is sent, and also with the body', async () => {
    const large = 30 * 1_048_576
    for (const [token, status] of [
      ['nobody', 401],
      [anna.token, 403],
    ] as const) {
      const head = { Authorization: `Bearer ${token}`, 'Content-Type': 'text/csv' }
      for (const more of [{ 'Content-Length': String(large) }, { 'Transfer-Encoding': 'chunked' }]) {
        const headers = Object.entries<string>({ ...head, ...more })
        const response = await sendRaw(stack, { method: 'POST', path: '/api/leads/import', headers })
        expect(response.status).toBe(status)
      }
      const body = Buffer.alloc(large, 'x')
      const whole = await fetch(`${stack.url}/api/leads/import`, { method: 'POST', headers: head, body })
      expect(whole.status).toBe(status)
    }
  })
  const half = 'name,phone\nHalf A List,+4930117\n'.repeat(1_000)
  test.each([
    ['with a Content-Length', ['Content-Length', '1000000'], half],
    ['in chunks', ['Transfer-Encoding', 'chunked'], `${half.length.toString(16)}\r\n${half}\r\n`],
  ] as const)('%s that breaks off adds no lead and logs no error', async (_, length, rows) => {
    const headers = [
      ['Authorization', `Bearer ${sven.token}`],
      ['Content-Type', 'text/csv'],
      length,
      ['Expect', '100-continue'], // answered with 100: the rows are sent after the head was accepted
    ] as const
    const next = Buffer.from(rows)
    const { status } = await sendRaw(stack, { method: 'POST', path: '/api/leads/import', headers, next })
    expect(status).toBe(100)
    expect(await listLeads(root, 'search=Half')).toEqual([])
    expect(stack.logs()).not.toContain('request_failed')
  })
  test.each([
    ['65 kB of blank lines', () => `name,phone\nJohn,+49301\n${'\n'.repeat(65_000)}`, 202],
    ['400 kB of blank lines', () => `name,phone\nJohn,+49301\n${'\n'.repeat(400_000)}`, 400],
    ['30 MB of commas', () => ','.repeat(30_000_000), 400],
  ])('with %s does not block other requests', async (_, makeList, status) => {
    const list = makeList()
    let answered = 0
    const startedAt = performance.now()
    const sent = send(sven, list, '?dryRun=true').then(({ status }) => {
      clearInterval(asking)
      return status
    })
    const asking = setInterval(() => {
      void fetch(`${stack.url}/api/health`).then(() => {
        answered += 1
      })
    }, 20)
    expect(await sent).toBe(status)
    // The average, because a single request may be slow on a busy machine.
    expect((performance.now() - startedAt) / (answered + 1)).toBeLessThan(400)
  })
  test('larger than 32 MiB is 413; bodies of other routes are limited to 64 KiB', async () => {
    expect((await send(sven, Buffer.alloc(33 * 1_048_576, 'x'))).status).toBe(413)
    const note = { content: 'x'.repeat(100_000) }
    expect((await sven.request('/leads/1/notes', { json: note })).status).toBe(413)
  })
})

test('an import is visible to its owner and to admins only', async () => {
  const { id } = await importCsv(sven, 'name,phone\nOwen Own,+49309\n')
  const path = `/leads/import/${id}`
  const statuses = [root, sven, tara, anna].map(async (who) => (await who.request(path)).status)
  expect(await Promise.all(statuses)).toEqual([200, 200, 404, 403])
})

test('column names, delimiters and a BOM of other programs are read', async () => {
  const job = await importCsv(
    sven,
    '\ufeffFirst Name;LAST_NAME;Phone-Number;E-Mail;Time Zone;Job Title;Whatever;status\r\n' +
      'Zoë;"O; ""Hara""";+49 (30) 777-1;z@example.org;Europe/Berlin;Dr;x;Qualified\r\n\r\n' +
      "'=1+1;Short;'+49307772\r\n",
  )
  expect(job).toMatchObject({ state: 'DONE', totalRows: 2, doneRows: 2, added: 2, refused: 0 })
  expect(await listLeads(sven, 'phone=%2B493077')).toMatchObject([
    { firstName: '=1+1', lastName: 'Short', phone: '+49307772', assignedAgentId: null, team: 'sales' },
    {
      firstName: 'Zoë',
      lastName: 'O; "Hara"',
      phone: '+49 (30) 777-1',
      email: 'z@example.org',
      timeZone: 'Europe/Berlin',
      title: 'Dr',
      status: 'QUALIFIED',
    },
  ])
})

test('a Unicode text file of Excel with two phone columns is imported, and the report lists ignored cells', async () => {
  const rows = [
    'sep=\t',
    '',
    'Name\tVorname\tTelefon geschäftlich\tMobil\tFirma\tFax',
    'Müller\tИван\t+49308001\t+49308002\tA;=1\t+49308003',
    'Meier\tZoë\tn/a\t+49308004\t\t',
    '\t\t+49308005\t\tACME GmbH\t',
    'Summe\t\t3\t\t\t',
    '\t\t\t\t\t',
  ]
  const list = Buffer.from(`\ufeff${rows.join('\r\n')}\r\n`, 'utf16le')
  const job = await importCsv(sven, list)
  expect(job).toMatchObject({ state: 'DONE', added: 3, refused: 1, note: null })
  expect(job.columns).toEqual([
    { header: 'Name', member: 'lastName' },
    { header: 'Vorname', member: 'firstName' },
    { header: 'Telefon geschäftlich', member: 'phone' },
    { header: 'Mobil', member: 'phone' },
    { header: 'Firma', member: 'company' },
    { header: 'Fax', member: null },
  ])
  expect(job.badRows).toEqual([{ line: 7, column: null, reason: 'this row is a total, not a lead' }])
  expect(job.oddCells).toEqual([
    { line: 4, column: 'Mobil', reason: 'left out: the phone was taken from “Telefon geschäftlich”' },
    { line: 5, column: 'Telefon geschäftlich', reason: 'left out: the phone was taken from “Mobil”' },
    { line: 6, column: 'Firma', reason: 'there is no name: the lead bears the company’s' },
  ])
  const found = (await listLeads(sven, 'phone=%2B49308')).map(({ name, phone }) => `${name} ${phone}`).sort()
  expect(found).toEqual(['ACME GmbH +49308005', 'Zoë Meier +49308004', 'Иван Müller +49308001'])
})

test('a list in Windows-1252 is read if the charset names it', async () => {
  const list = Buffer.from('name;phone\nJörg Groß;+49308101\n', 'latin1')
  const { status, body } = await send(sven, list, '', 'text/csv; charset="Windows-1252"')
  expect(status).toBe(202)
  const { id } = body as unknown as Job // as documented
  await waitUntil('the import is done', async () => (await jobOf(sven, id)).state !== 'RUNNING')
  expect(await listLeads(sven, 'phone=%2B49308101')).toMatchObject([{ name: 'Jörg Groß' }])
})

test('an import with invalid rows only has a note', async () => {
  const list = 'name,phone\nA,none\nB,\n'
  expect(await importCsv(sven, list)).toMatchObject({
    added: 0,
    refused: 2,
    note: 'no row was taken: see badRows',
  })
})

test('invalid rows are reported by line and reason, without their content, and do not stop other rows', async () => {
  const rows = [
    'name,phone,email,status,time zone,agent id,campaign id',
    'Good One,+4930600001,,,,,',
    ',+4930600002,,,,,',
    '"Two\nLines",+4930600003,,,,,',
    'No Phone,,,,,,',
    'Bad Phone,secret-word,,,,,',
    'Bad Mail,+4930600004,secret-word,,,,',
    'Bad Status,+4930600005,,secret-word,,,',
    'Bad Zone,+4930600006,,,secret-word,,',
    `Their Agent,+4930600007,,,,${agentIds.carl},`,
    'No Campaign,+4930600008,,,,,999999',
    'Too Long,+4930600009,,,,,,more',
    `Good Two,+4930600010,,NEW,,${agentIds.anna},`,
  ]
  const job = await importCsv(sven, rows.join('\n'))
  expect(job).toMatchObject({ totalRows: 12, doneRows: 12, added: 2, refused: 10 })
  expect(job.badRows.map(({ line }) => line)).toEqual([3, 4, 6, 7, 8, 9, 10, 11, 12, 13])
  expect(job.badRows.map(({ column }) => column)).toEqual([
    ...[null, 'name', null, 'phone', 'email', 'status', 'time zone', 'agent id', 'campaign id', null],
  ])
  expect(JSON.stringify(job)).not.toContain('secret-word')
  expect((await listLeads(sven, 'phone=%2B49306')).map(({ name }) => name).sort()).toEqual([
    'Good One',
    'Good Two',
  ])
})

describe('a row with the number of an existing lead', () => {
  const list =
    'name,phone,company,notes\nNew Name,+4930 500-1,New Ltd,\nOther,+49305002,,\nAgain,+49305002,,\n'
  const state = async (who: CallCenterClient) =>
    (await listLeads(who, 'phone=%2B49305')).map(({ name, company, notes }) => [name, company, notes]).sort()
  test('is skipped, updates the lead or is added, as the request asks; a dry run only reports', async () => {
    await sven.request('/leads', {
      json: { name: 'Old Name', phone: '+49305001', company: 'Old', notes: 'keep' },
    })
    await tara.request('/leads', { json: { name: 'Of Tara', phone: '+49305002' } })
    const before = await state(sven)

    expect(await importCsv(sven, list, '?dryRun=true')).toMatchObject({ added: 1, skipped: 2, updated: 0 })
    expect(await importCsv(sven, list, '?dryRun=true&duplicates=update')).toMatchObject({
      added: 1,
      updated: 2,
    })
    expect(await state(sven)).toEqual(before)

    const skipping = await importCsv(sven, list)
    expect(skipping).toMatchObject({ added: 1, skipped: 2, updated: 0 })
    expect(skipping.oddCells).toEqual([
      { line: 2, column: 'phone', reason: 'the row is left out: the number is a lead’s already' },
      { line: 4, column: 'phone', reason: 'the row is left out: the number is on line 3 already' },
    ])
    expect(await state(sven)).toEqual([
      ['Old Name', 'Old', 'keep'],
      ['Other', null, null],
    ])
    const updating = await importCsv(sven, list, '?duplicates=update')
    expect(updating).toMatchObject({ added: 0, updated: 3 })
    expect(updating.oddCells).toEqual([
      { line: 4, column: 'phone', reason: 'the lead is changed again: the number is on line 3 already' },
    ])
    expect(await state(sven)).toEqual([
      ['Again', null, null],
      ['New Name', 'New Ltd', 'keep'],
    ])
    expect(await importCsv(sven, list, '?duplicates=add')).toMatchObject({ added: 3 })
    expect(await state(sven)).toHaveLength(5)
    expect(await importCsv(sven, list)).toMatchObject({
      skipped: 3,
      note: 'all numbers are leads already, or twice in the list: see oddCells',
    })
    // A lead that Sven cannot see is no duplicate for his import, and stays unchanged.
    expect(await state(tara)).toEqual([['Of Tara', null, null]])
  })
})

describe('an export', () => {
  test('holds the visible leads that match, with escaped formulas', async () => {
    await sven.request('/leads', {
      json: { name: '=cmd|calc', phone: '+49304001', company: '@SUM(1);=1', notes: '-1\n"x",y' },
    })
    const { status, headers, text } = await exported(sven, '?phone=%2B49304')
    expect([status, headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8; header=present'])
    expect(headers.get('content-disposition')).toBe('attachment; filename="leads.csv"')
    const [header, ...rows] = text.split('\r\n')
    expect(header).toMatch(/^\ufeffid,first name,last name,phone,email,/)
    expect(rows.join('\r\n')).toMatch(/^\d+,,'=cmd\|calc,\+49304001,,"'@SUM\(1\);'=1",,NEW,"'-1\n""x"",y",/)
    expect((await exported(tara, '?phone=%2B49304')).text.split('\r\n')).toHaveLength(2)
    expect((await exported(anna)).status).toBe(403)
    expect((await exported(sven, '?status=HAPPY')).status).toBe(400)
  })
  test('can be imported again by another user', async () => {
    const { text } = await exported(sven, '?phone=%2B49304')
    const list = text.replaceAll('+49304001', '+49304002')
    expect(await importCsv(tara, list)).toMatchObject({ added: 1, refused: 0 })
    expect(await listLeads(tara, 'phone=%2B49304')).toMatchObject([
      { name: '=cmd|calc', company: '@SUM(1);=1', notes: '-1\n"x",y', phone: '+49304002' },
    ])
  })
})

test('5 000 rows, 20 of them invalid, are imported exactly once although the API is killed during the import', async () => {
  const isBad = (n: number) => n % 250 === 7
  const phone = (n: number) => `+49201${String(n).padStart(6, '0')}`
  const rows = Array.from({ length: 5_000 }, (_, n) => `Lead ${n},${isBad(n) ? 'none' : phone(n)}`)
  const { status, body } = await send(sven, ['name,phone', ...rows].join('\n'))
  expect(status).toBe(202)
  const { id } = body as unknown as Job // as documented
  const findJob = async () => jobOf(sven, id).catch(() => undefined)
  await waitUntil('some rows are imported', async () => ((await findJob())?.doneRows ?? 0) > 0)
  stack.signal('api', 'SIGKILL')
  await waitUntil('the API is back', async () => (await findJob())?.totalRows === 5_000)
  const { doneRows } = await jobOf(sven, id)
  expect(doneRows).toBeLessThan(5_000)
  await waitUntil(
    'the restarted API finishes the import',
    async () => (await findJob())?.state === 'DONE',
    45_000,
  )

  expect(await jobOf(sven, id)).toMatchObject({ doneRows: 5_000, added: 4_980, refused: 20, skipped: 0 })
  const phones = (await listLeads(sven, 'phone=%2B49201')).map((lead) => lead.phone)
  expect(phones).toHaveLength(4_980)
  expect(new Set(phones).size).toBe(4_980)
  const { badRows } = await jobOf(sven, id)
  expect(badRows.map(({ line }) => line - 2)).toEqual(rows.flatMap((_, n) => (isBad(n) ? [n] : [])))
}, 90_000)
