import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Call, Leg, Recording } from '../../../../api/core/calls/call.ts'
import { parseRecordingTemplate } from '../../../../api/core/calls/recording-template.ts'
import { toCallRecord } from '../../../../api/core/calls/to-call-record.ts'

const second = 1_000_000
const startedAt = Date.UTC(2026, 0, 31, 23, 59, 58) * 1000 + 250_000

const leg = (difference: Partial<Leg> = {}): Leg => ({
  channelId: '1769903998.7',
  channelName: 'PJSIP/1001-00000007',
  endpoint: '1001',
  number: '1001',
  name: 'Anna',
  state: 'ended',
  holds: false,
  parkingSpace: undefined,
  bridge: undefined,
  role: 'callee',
  answeredAt: startedAt + 5 * second,
  ...difference,
})

const recording = (difference: Partial<Recording> = {}): Recording => ({
  channelId: '1769903998.7',
  file: undefined,
  state: 'off',
  ...difference,
})

/** An incoming call that was answered, recorded and has ended. */
const call = (difference: Partial<Call> = {}): Call => ({
  id: '1769903998.6',
  state: 'ended',
  direction: 'incoming',
  from: { number: '+493012345', name: 'Bob' },
  to: { number: '1001', name: 'Anna' },
  legs: [leg({ endpoint: 'trunk', role: 'caller' }), leg()],
  startedAt,
  answeredAt: startedAt + 5 * second,
  endedAt: startedAt + 65 * second,
  outcome: 'answered',
  cause: 16,
  recording: 'off',
  recordings: [recording()],
  ...difference,
})

const partiesOf = (endpoint: string) =>
  /^1\d{3}$/.test(endpoint) ? { userId: endpoint.slice(-1), extension: endpoint } : undefined
const record = (difference: Partial<Call> = {}) =>
  toCallRecord(call(difference), partiesOf, parseRecordingTemplate('{linkedid}.wav'))

describe('the record of a call', () => {
  test('contains its parties, times, durations, outcome and recordings', () => {
    const start = Math.floor(startedAt / second)
    expect(record()).toEqual({
      id: '1769903998.6',
      direction: 'incoming',
      fromNumber: '+493012345',
      fromName: 'Bob',
      toNumber: '1001',
      toName: 'Anna',
      startedAt: start,
      answeredAt: start + 5,
      endedAt: start + 65,
      duration: 65,
      billable: 60,
      outcome: 'answered',
      cause: 16,
      recordings: ['1769903998.6.wav'],
      parties: [{ userId: '1', extension: '1001', answered: true }],
    })
  })

  test.each<[string, Partial<Call>, object]>([
    [
      'an unanswered call has no billable seconds',
      { answeredAt: undefined, outcome: 'no_answer' },
      { answeredAt: null, billable: 0, duration: 65 },
    ],
    [
      'a call that ended while no API was connected has an unknown outcome',
      { outcome: undefined },
      { outcome: 'unknown' },
    ],
    ['a call without a reported cause has none', { cause: undefined }, { cause: null }],
    ['a call that was not recorded has no file', { recordings: [] }, { recordings: [] }],
    ['a clock that was set back gives no negative time', { endedAt: startedAt - second }, { duration: 0 }],
    ['a part of a second does not count', { endedAt: startedAt + 1_999_999 }, { duration: 1 }],
    [
      'a user whose phone rang twice is one party, who answered if one of both did',
      {
        legs: [
          leg(),
          leg({ channelId: '1769903998.9', answeredAt: undefined }),
          leg({ endpoint: '1002', answeredAt: undefined }),
        ],
      },
      {
        parties: [
          { userId: '1', extension: '1001', answered: true },
          { userId: '2', extension: '1002', answered: false },
        ],
      },
    ],
    [
      'trunks and other channels without a phone are no parties',
      { legs: [leg({ endpoint: 'trunk' }), leg({ endpoint: undefined })] },
      { parties: [] },
    ],
  ])('%s', (_, difference, kept) => {
    expect(record(difference)).toMatchObject(kept)
  })

  test('cannot be made of a live call', () => {
    expect(() => record({ endedAt: undefined })).toThrow(TypeError)
  })
})

describe('a name that a caller chose', () => {
  test.each([
    ['keeps its letters', 'Иван «Bob» 李 📞', 'Иван «Bob» 李 📞'],
    ['loses its line breaks', 'Bob\r\nAction: Command', 'BobAction: Command'],
    ['loses NUL and escapes', 'B\0o\x1b[31mb\x7f', 'Bo[31mb'],
    ['loses marks that change the reading direction', 'Bob\u202etxt.exe', 'Bobtxt.exe'],
    ['loses line separators', 'a\u2028b\u2029c', 'abc'],
    ['has its half surrogates replaced', 'a\ud800b', 'a\ufffdb'],
    ['loses blanks around it', '  Bob \t', 'Bob'],
  ])('%s', (_, name, kept) => {
    expect(record({ from: { number: name, name } })).toMatchObject({ fromName: kept, fromNumber: kept })
  })

  test('is truncated, and never within a character', () => {
    const { toName, toNumber } = record({ to: { number: '📞'.repeat(999), name: '📞'.repeat(999) } })
    expect(toName).toBe('📞'.repeat(128))
    expect(toNumber).toBe('📞'.repeat(64))
  })

  test('can be stored by both database engines, whatever it contains', () => {
    const halves = fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit))
    fc.assert(
      fc.property(fc.string({ unit: halves }), (name) => {
        const { fromName } = record({ from: { number: '1', name } })
        expect(fromName).not.toMatch(/[\p{Cc}\p{Surrogate}]/u)
      }),
    )
  })
})

const FREEPBX = 'external-+493012345-1001-20260131-235958-1769903998.6.wav'

describe('the name of a recording', () => {
  test.each([
    ['{linkedid}.wav', '1769903998.6.wav'],
    ['{yyyy}/{mm}/{dd}/{uniqueid}.wav', '2026/01/31/1769903998.7.wav'],
    [
      'monitor/{yyyy}-{mm}-{dd}-{hh}/call {linkedid}_{uniqueid}.mp3',
      'monitor/2026-01-31-23/call 1769903998.6_1769903998.7.mp3',
    ],
    ['one-for-all.wav', 'one-for-all.wav'],
    ['external-{number}-{extension}-{yyyy}{mm}{dd}-{hh}{mi}{ss}-{linkedid}.wav', FREEPBX],
    ['{from}_{to}.wav', '+493012345_1001.wav'],
  ])('from the template %s is %s', (template, path) => {
    expect(parseRecordingTemplate(template)(call())).toEqual([path])
  })

  test.each([
    ['the PBX’s own, with its ending', '{file}', '2026/02/01/in-1001.wav', '2026/02/01/in-1001.wav'],
    ['that of a script that converts it', '{name}.mp3', '2026/02/01/in-1001.wav', '2026/02/01/in-1001.mp3'],
    ['of another folder', 'old/{file}', 'in 1001 — Иван.wav', 'old/in 1001 — Иван.wav'],
    ['what the PBX tells, unless set', undefined, 'monitor/a.wav', 'monitor/a.wav'],
    ['the channel’s, where it tells nothing', undefined, undefined, '1769903998.7.wav'],
  ])('is %s', (_, template, file, path) => {
    expect(parseRecordingTemplate(template)(call({ recordings: [recording({ file })] }))).toEqual([path])
  })

  test.each([
    '../a.wav',
    '/etc/passwd',
    'a/../../b.wav',
    '.hidden.wav',
    'a/.b/c.wav',
    'a//b.wav',
    'a\\b',
    'a\0b',
    '',
  ])('does not exist for a file that the PBX names %j', (file) => {
    expect(parseRecordingTemplate('{file}')(call({ recordings: [recording({ file })] }))).toEqual([])
  })

  test('uses the local time of the PBX, in summer and in winter', () => {
    const path = (zone: string, at: number) =>
      parseRecordingTemplate('{yyyy}/{mm}/{dd}/{hh}-{mi}-{ss}.wav', zone)(call({ startedAt: at * 1000 }))[0]
    const night = Date.UTC(2026, 0, 31, 21, 5, 9)
    expect(path('Asia/Yekaterinburg', night)).toBe('2026/02/01/02-05-09.wav')
    expect(path('America/New_York', night)).toBe('2026/01/31/16-05-09.wav')
    expect(path('Europe/Berlin', Date.UTC(2026, 6, 31, 22, 0, 0))).toBe('2026/08/01/00-00-00.wav')
    expect(path('UTC', night)).toBe('2026/01/31/21-05-09.wav')
  })

  test('exists for each recording, in order and without duplicates', () => {
    const recordings = [
      recording({ file: 'a.wav' }),
      recording({ file: 'b.wav' }),
      recording({ channelId: '2.1', file: 'a.wav' }),
      recording({ channelId: '2.2' }),
    ]
    expect(parseRecordingTemplate(undefined)(call({ recordings }))).toEqual(['a.wav', 'b.wav', '2.2.wav'])
    expect(parseRecordingTemplate('{uniqueid}.mp3')(call({ recordings }))).toEqual([
      '1769903998.7.mp3',
      '2.1.mp3',
      '2.2.mp3',
    ])
  })

  test.each<[string, Partial<Call>]>([
    ['no recording', { recordings: [] }],
    ['an id that climbs', { id: '../../etc/passwd' }],
    ['an id of dots', { id: '..' }],
    ['an id that hides the file', { id: '.htaccess' }],
    ['an id with a folder', { id: 'a/b' }],
    ['an id with a NUL', { id: 'a\0' }],
    ['an empty id', { id: '' }],
    ['an id of endless length', { id: 'a'.repeat(600) }],
  ])('does not exist for %s', (_, difference) => {
    expect(parseRecordingTemplate('{linkedid}.wav')(call(difference))).toEqual([])
  })

  test.each([
    ['an unknown placeholder, by name', '{callid}.wav', 'unknown {callid}'],
    ['a member that every object has', '{constructor}.wav', 'unknown {constructor}'],
    ['an open brace', '{linkedid.wav', 'a brace'],
    ['an empty placeholder', '{}.wav', 'a brace'],
    ['a path from the root', '/var/{linkedid}.wav', 'below the media root'],
    ['a path that climbs', '../{linkedid}.wav', 'below the media root'],
    ['a hidden folder', '.hidden/{linkedid}.wav', 'below the media root'],
    ['a folder', '{yyyy}/', 'below the media root'],
    ['nothing', '', 'below the media root'],
    ['a backslash', 'a\\{linkedid}.wav', 'below the media root'],
  ])('cannot be made of %s', (_, template, complaint) => {
    expect(() => parseRecordingTemplate(template)).toThrow(complaint)
  })

  test('stays below the media root, whatever the PBX names its channels', () => {
    const name = parseRecordingTemplate('{linkedid}/{uniqueid}')
    const id = fc.string({ unit: fc.constantFrom('.', '/', '\\', 'a', '1', '\0', '%', '-'), maxLength: 5 })
    fc.assert(
      fc.property(id, id, (linkedid, uniqueid) => {
        const recordings = [recording({ channelId: uniqueid })]
        for (const path of name(call({ id: linkedid, recordings })))
          expect(path).toMatch(/^[a1-][a1.-]*\/[a1-][a1.-]*$/)
      }),
    )
  })
})
