import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Call } from '../../../../api/core/calls/call.ts'
import { parseRecordingTemplate } from '../../../../api/core/calls/recording-template.ts'
import { call, recording } from './fixtures/ended-calls.ts'

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
