import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSipResponse } from '../../../api/sip-auth/sip-response.ts'
import { createStreamReader } from '../../../api/sip-auth/stream-reader.ts'

const LINES = [
  'SIP/2.0 401 Unauthorized',
  'Via: SIP/2.0/UDP 127.0.0.1:4000;rport=4000;received=127.0.0.1;branch=z9hG4bKab12',
  'Call-ID: c1',
  'CSeq: 1 REGISTER',
]
const response = (lines: readonly string[], body = '') =>
  Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1')

describe('a response', () => {
  it('is read with short names, folded lines and blanks', () => {
    const parsed = parseSipResponse(
      response([
        'SIP/2.0 407 Proxy Authentication Required',
        'v: SIP/2.0/TCP [::1]:4000 ; branch = z9hG4bKx, SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKother',
        'i : c1',
        'CSeq:  7\tREGISTER',
        'proxy-authenticate: Digest',
        '  realm="r", nonce="n"',
        'Proxy-Authenticate: Digest realm="s", nonce="n"',
      ]),
    )
    expect(parsed).toMatchObject({ status: 407, branch: 'z9hG4bKx', callId: 'c1', cseq: '7 REGISTER' })
    expect(parsed?.valuesOf('proxy-authenticate')).toEqual([
      'Digest realm="r", nonce="n"',
      'Digest realm="s", nonce="n"',
    ])
  })

  it.each([
    ['a request', ['OPTIONS sip:a SIP/2.0', ...LINES.slice(1)]],
    ['another version', ['SIP/3.0 200 OK', ...LINES.slice(1)]],
    ['a status of two digits', ['SIP/2.0 20 OK', ...LINES.slice(1)]],
    ['no Via', LINES.filter((line) => !line.startsWith('Via'))],
    ['no Call-ID', LINES.filter((line) => !line.startsWith('Call-ID'))],
    ['two Call-IDs', [...LINES, 'i: c2']],
    ['two CSeqs', [...LINES, 'CSeq: 2 REGISTER']],
    ['a line without a colon', [...LINES, 'garbage']],
    ['too many lines', [...LINES, ...Array<string>(300).fill('X: y')]],
  ])('is none with %s', (_, lines) => {
    expect(parseSipResponse(response(lines))).toBeUndefined()
  })

  it('never throws for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void parseSipResponse(Buffer.from(bytes))),
    )
  })
})

describe('a stream', () => {
  const read = (chunks: readonly Buffer[]) => {
    const messages: string[] = []
    const errors: string[] = []
    const take = createStreamReader({
      onMessage: (bytes) => messages.push(bytes.toString('latin1')),
      onError: ({ message }) => errors.push(message),
    })
    for (const chunk of chunks) take(chunk)
    return { messages, errors }
  }

  it('is cut into the same messages however it arrives', () => {
    const bodies = fc.array(fc.constantFrom('', 'body', '\r\n\r\nSIP/2.0 200 OK\r\n'), {
      minLength: 1,
      maxLength: 4,
    })
    fc.assert(
      fc.property(bodies, fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 12 }), (all, sizes) => {
        const sent = all.map((body) => response([...LINES, `l: ${body.length}`], body))
        const whole = Buffer.concat(sent.flatMap((message) => [Buffer.from('\r\n\r\n'), message]))
        const chunks: Buffer[] = []
        let at = 0
        for (const size of sizes) {
          chunks.push(whole.subarray(at, at + size))
          at += size
        }
        chunks.push(whole.subarray(at))
        expect(read(chunks)).toEqual({ messages: sent.map((one) => one.toString('latin1')), errors: [] })
      }),
    )
  })

  it.each([
    ['no length', response(LINES)],
    ['two lengths', response([...LINES, 'Content-Length: 0', 'l: 0'])],
    ['an odd length', response([...LINES, 'Content-Length: -1'])],
    ['a head without an end', Buffer.from('x'.repeat(20_000))],
    [
      'a body without an end',
      Buffer.concat([response([...LINES, 'Content-Length: 99999']), Buffer.alloc(200_000)]),
    ],
  ])('ends with %s', (_, bytes) => {
    const { messages, errors } = read([bytes, response([...LINES, 'Content-Length: 0'])])
    expect(errors).toEqual(['the SIP server sent a malformed message'])
    expect(messages.length).toBeLessThanOrEqual(1)
  })
})
