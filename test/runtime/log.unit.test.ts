import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLog, type Logger, redact } from '../../runtime/log.ts'
import { mint, newKey } from '../contract/mint-token.ts'

const token = mint(newKey('HS256', 'hs256-20250101T000000000Z-00000000'), 1_750_000_000)
const signature = token.split('.')[2] ?? ''
const holdsSignature = (text: string) =>
  Array.from({ length: signature.length - 9 }, (_, at) => signature.slice(at, at + 10)).some((piece) =>
    text.includes(piece),
  )

/** The output of a log. */
function written(write: (log: Logger) => void, level = 'debug'): string {
  let out = ''
  const to = {
    write(line: string) {
      out += line
    },
  }
  write(createLog('test', level, to))
  return out
}
const fieldsOf = (write: (log: Logger) => void) => JSON.parse(written(write))

describe('a line of the log', () => {
  test('is one line of JSON, with event, fields, process and time', () => {
    const out = written((log) => log.info({ event: 'verdict', good: false }, 'refused'))
    expect(out.match(/\n/g)).toHaveLength(1)
    expect(JSON.parse(out)).toMatchObject({
      level: 'info',
      process: 'test',
      event: 'verdict',
      good: false,
      msg: 'refused',
    })
    expect(JSON.parse(out).time).toMatch(/^\d{4}-\d\d-\d\dT/)
  })
  test('stays one line, whatever its fields contain', () => {
    const out = written((log) => log.warn({ user: 'a\nb\u2028c\r\n{"level":"error"}' }, 'two\nlines'))
    expect(out.trimEnd()).not.toMatch(/[\r\n]/)
  })
  test('below the level is not written', () => {
    expect(written((log) => log.info({ event: 'x' }, 'x'), 'warn')).toBe('')
  })
})

describe('a token in the log is redacted', () => {
  test.each<[string, (log: Logger) => void]>([
    ['of the message', (log) => log.info(`refused ${token}`)],
    ['of a message beside fields', (log) => log.info({ event: 'x' }, `refused ${token}`)],
    ['of what a message is filled with', (log) => log.info({ event: 'x' }, 'refused %s', token)],
    ['of a field', (log) => log.info({ what: token })],
    ['of a field in a list', (log) => log.info({ what: [[token]] })],
    ['of a field three levels down', (log) => log.info({ a: { b: { c: `x ${token} y` } } })],
    ['of a field a hundred levels down', (log) => log.info(nested(100))],
    ['of an error’s message and stack', (log) => log.error({ err: new Error(`bad ${token}`) }, 'failed')],
    [
      'of an error’s cause',
      (log) => log.error({ err: new Error('x', { cause: new Error(token) }) }, 'failed'),
    ],
    ['of an error logged bare', (log) => log.error(new Error(`bad ${token}`))],
    ['of an error logged without a message', (log) => log.error({ err: new Error(`bad ${token}`) })],
    [
      'of an error’s own members',
      (log) => log.error({ err: Object.assign(new Error('x'), { token }) }, 'failed'),
    ],
    [
      'of many errors in one',
      (log) => log.error({ err: new AggregateError([new Error(token)], token) }, 'failed'),
    ],
    ['of a URL', (log) => log.info({ url: `/sub/users-state?authorization=${token}` })],
    [
      'of a URL that names it percent-encoded',
      (log) => log.info({ url: `/sub?authorization=Bearer%20${token}` }),
    ],
    ['of a header', (log) => log.info({ line: `Authorization: Bearer ${token}` })],
    ['of JSON as text', (log) => log.info({ body: JSON.stringify({ access_token: token }) })],
  ])('%s', (_, write) => {
    const out = written(write)
    expect(out).not.toBe('')
    expect(holdsSignature(out)).toBe(false)
  })

  const nested = (levels: number): Record<string, unknown> =>
    levels === 0 ? { what: token } : { inner: nested(levels - 1) }
})

describe('a member named like a secret is redacted', () => {
  test.each([
    ...[
      'password',
      'Password',
      'newPassword',
      'secret',
      'client_secret',
      'token',
      'access_token',
      'refreshToken',
    ],
    ...['authorization', 'Authorization', 'proxy-authorization', 'cookie', 'Set-Cookie', 'credentials'],
  ])('%s, at any depth and of any type', (name) => {
    const out = written((log) =>
      log.info({ [name]: 'hunter2', a: { [name]: ['hunter2'] }, b: [{ c: { [name]: { d: 'hunter2' } } }] }),
    )
    expect(out).not.toContain('hunter2')
    expect(out.match(/\[redacted\]/g)).toHaveLength(3)
  })
})

describe('the log keeps what is no secret', () => {
  test('numbers, flags, nothing, ids and paths', () => {
    const facts = {
      n: 1.5,
      yes: true,
      none: null,
      id: 'VBJedpVvz-j8_xlh',
      path: '/media/1001/hello.wav',
      list: [1, 'a'],
    }
    expect(fieldsOf((log) => log.info(facts))).toMatchObject(facts)
  })
  test('an error’s name, code and stack', () => {
    const err = Object.assign(new TypeError('no such file'), { code: 'ENOENT' })
    expect(fieldsOf((log) => log.error({ err }, 'failed'))).toMatchObject({
      msg: 'failed',
      err: {
        name: 'TypeError',
        message: 'no such file',
        code: 'ENOENT',
        stack: expect.stringContaining('no such file'),
      },
    })
  })
})

describe('the log never throws', () => {
  test('for an object that refers to itself', () => {
    const self: Record<string, unknown> = { event: 'x' }
    self.self = self
    expect(written((log) => log.info(self, 'x'))).toContain('[deep]')
  })
  test('for any fields', () => {
    fc.assert(
      fc.property(fc.object({ withBigInt: true, withDate: true, withMap: true, withSet: true }), (fields) => {
        expect(written((log) => log.info(fields, 'x'))).toMatch(/^\{.*\}\n$/)
      }),
    )
  })
})

describe('redact', () => {
  test.each([
    ['a query', 'GET /media/1001/a.wav?link=abc HTTP/1.1', 'GET /media/1001/a.wav?[query] HTTP/1.1'],
    ['a query in quotes', 'request: "GET /x?a=b&c=d", host: "y"', 'request: "GET /x?[query]", host: "y"'],
    ['a token', `is ${token}!`, 'is [token]!'],
    ['a token without its signature', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiI3In0.', '[token]'],
    ['an opaque bearer token', 'Authorization: Bearer abc-def', 'Authorization: Bearer [token]'],
    ['any case of the scheme', 'bEARER   abc', 'bEARER   [token]'],
    ['two of them', `${token},${token}`, '[token],[token]'],
    ['nothing', 'GET /media/1001/a.wav HTTP/1.1', 'GET /media/1001/a.wav HTTP/1.1'],
  ])('replaces %s', (_, text, expected) => {
    expect(redact(text)).toBe(expected)
  })

  test('leaves no piece of a signature in any text around it', () => {
    // A character before the token may join it to another word; one after it may look like a part of its signature.
    const before = fc.string({ unit: 'binary' }).map((text) => text.replace(/\?/g, ''))
    fc.assert(
      fc.property(before, fc.string({ unit: 'binary' }), (a, b) => {
        expect(holdsSignature(redact(a + token + b))).toBe(false)
      }),
      { numRuns: 2_000 },
    )
  })
})
