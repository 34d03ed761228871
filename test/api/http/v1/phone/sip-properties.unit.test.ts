import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseSipMessage } from '../../../../../api/http/v1/phone/sip-message.ts'
import { refuseSipRequest } from '../../../../../api/http/v1/phone/sip-refusal.ts'
import { sipRequest, sipResponse } from '../../../../support/sip-messages.ts'
import { digest, ENDPOINT, inDialog, outcomeOf } from './sip-fixture.ts'

describe('properties', () => {
  const seeds = [sipRequest(), inDialog('INVITE', { body: 'v=0\r\n' }), sipResponse()]
  /** Pieces in which parsers differ. */
  const piece = fc.oneof(
    fc.constantFrom(
      '\r\n',
      '\n',
      '\r',
      '\0',
      ' ',
      '\t',
      ':',
      ';',
      ',',
      '"',
      '\\',
      '<',
      '>',
      '@',
      ';tag=',
      '\r\n ',
      'f: ',
      'From: <sip:1002-web@pbx>',
      'INVITE ',
      'Content-Length: 0',
    ),
    fc.string({ maxLength: 8, unit: 'binary' }),
  )
  const mutated = fc
    .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(800), fc.nat(20), piece), { maxLength: 5 }))
    .map(([seed, cuts]) =>
      cuts.reduce((text, [at, count, put]) => text.slice(0, at) + put + text.slice(at + count), seed),
    )

  test('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
        parseSipMessage(Buffer.from(bytes))
      }),
    )
  })

  /** A reader as lenient as it gets: folded lines, LF alone, blanks before colons. Whatever passes must read the same to it. */
  const lenientLines = (text: string) =>
    (text.split(/\r?\n\r?\n/)[0] ?? '').replaceAll(/(?:\r\n|\r|\n)[ \t]+/g, ' ').split(/\r\n|\r|\n/)
  const lenient = (text: string, names: RegExp) =>
    lenientLines(text)
      .slice(1)
      .filter((one) => names.test(one.split(':')[0]?.trim() ?? ''))

  test('what passes is one message of the own endpoint, to a lenient reader too', () => {
    fc.assert(
      fc.property(mutated, (text) => {
        if (outcomeOf(text) !== 'pass') return
        const froms = lenient(text, /^(from|f)$/i)
        expect(froms).toHaveLength(1)
        expect(lenient(text, /^(content-length|l)$/i)).toHaveLength(1)
        const isResponse = text.startsWith('SIP/2.0')
        if (!isResponse) expect(froms[0]).toContain('<sip:1003-web@')
        const starts = text.match(/^[A-Z]+ \S+ SIP\/2\.0\r?$/gm) ?? []
        expect(starts.length).toBe(isResponse ? 0 : 1)
        if (text.startsWith('INVITE')) expect(lenient(text, /^(to|t)$/i)[0]).toMatch(/>.*;\s*tag=[^\s;"]+/i)
      }),
      { numRuns: 3_000 },
    )
  })

  test('an answer of the relay is one well-formed response with the request’s own headers', () => {
    fc.assert(
      fc.property(mutated, (text) => {
        const message = parseSipMessage(Buffer.from(text))
        if (message?.kind !== 'request') return
        const answer = refuseSipRequest(message, 'no')
        expect(parseSipMessage(Buffer.from(answer))).toMatchObject({
          kind: 'response',
          status: 403,
          from: message.from,
          callId: message.callId,
          cseq: message.cseq,
        })
      }),
      { numRuns: 1_000 },
    )
  })

  test('any other user of From is refused', () => {
    const user = fc.stringMatching(/^[A-Za-z0-9_.-]{1,20}$/).filter((one) => one !== ENDPOINT)
    fc.assert(
      fc.property(user, (name) => {
        expect(outcomeOf(sipRequest({ from: `<sip:${name}@pbx>;tag=1` }))).toBe('refuse')
        expect(outcomeOf(sipRequest({ to: `<sip:${name}@pbx>` }))).toBe('refuse')
        expect(outcomeOf(sipRequest({ more: [`Authorization: ${digest(`"${name}"`)}`] }))).toBe('refuse')
      }),
    )
  })

  test('a large hostile message takes no longer than its length', () => {
    const long = (unit: string) => unit.repeat(Math.floor(15_000 / unit.length))
    /** The shortest of several, as other processes make single ones longer. */
    const timeOf = (text: string) => {
      const times = Array.from({ length: 20 }, () => {
        const start = performance.now()
        outcomeOf(text)
        return performance.now() - start
      })
      return Math.min(...times)
    }
    const plain = timeOf(sipRequest({ more: [`Subject: ${long('x')}`] }))
    for (const unit of [' ', '"', '\\', '\\"', ';', ';a', '<', '>', ',', ' ;', '=', 'a=b,']) {
      for (const fields of [
        { from: `"${long(unit)}` },
        { from: `<sip:1003-web@pbx>${long(unit)}` },
        { contact: `<sip:x@a.invalid${long(unit)}>` },
        { contact: `<sip:x@a.invalid;transport=ws>${long(unit)}` },
        { more: [`Authorization: Digest ${long(unit)}`] },
        { more: [`Authorization: Digest username="${long(unit)}`] },
      ]) {
        // A quadratic pattern would take thousands of times as long.
        expect(timeOf(sipRequest(fields)), `${unit} in ${Object.keys(fields)}`).toBeLessThan(plain * 200)
      }
    }
  })
})
