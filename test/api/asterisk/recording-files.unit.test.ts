import { afterEach, expect, test, vi } from 'vitest'
import { below } from '../../../api/asterisk/recording-files.ts'
import { type Answer, failure, success } from '../../support/ami-server.ts'
import { COMMANDS, commands, type ScriptedPbx, scriptedPbx } from './fixtures/scripted-pbx.ts'

let scripted: ScriptedPbx
afterEach(() => scripted.close())

/** A PBX that records into its usual folder, and whose channels have these files. */
async function online(files: Record<string, string>, settings = {}, mayAsk = true): Promise<ScriptedPbx> {
  const getvar: Answer = (session, action) => {
    const { variable, channel = '' } = action
    const value = variable === 'ASTSPOOLDIR' ? '/var/spool/asterisk' : files[channel]
    if (value === undefined) failure('No such channel')(session, action)
    else success(`Variable: ${variable}`, `Value: ${value}`)(session, action)
  }
  scripted = await scriptedPbx({
    settings: { asksForFiles: true, ...settings },
    answers: { ListCommands: commands(...COMMANDS, ...(mayAsk ? ['Getvar'] : [])), Getvar: getvar },
  })
  scripted.asterisk.open()
  await vi.waitFor(() => expect(scripted.asterisk.pbx.state().online).toBe(true))
  return scripted
}
const starts = (id: string) =>
  scripted
    .session('events')
    .say('Event: MixMonitorStart', 'Timestamp: 1795218504.730276', 'Channel: PJSIP/1001-1', `Uniqueid: ${id}`)
const named = () =>
  scripted.facts.flatMap((fact) => (fact.kind === 'channel' && fact.about.recordingFile ? [fact] : []))

test('each recording that begins is told with the file that the PBX names, below its folder', async () => {
  await online({
    '1.1': '/var/spool/asterisk/monitor/2026/11/29/in-1001.wav',
    '1.2': '/var/spool/asterisk/monitor/b.wav',
  })
  starts('1.1')
  starts('1.2')
  await vi.waitFor(() => expect(named()).toHaveLength(2))
  expect(named()).toMatchObject([
    { id: '1.1', at: 1_795_218_504_730_276, about: { recordingFile: '2026/11/29/in-1001.wav' } },
    { id: '1.2', about: { recordingFile: 'b.wav' } },
  ])
  expect(scripted.troubles).toEqual([])
})

test.each([
  ['for a file elsewhere', { '1.1': '/etc/passwd' }, {}, true],
  ['where the channel is gone by then', {}, {}, true],
  ['for a channel whose id is a pattern', { '/.*/': '/var/spool/asterisk/monitor/a.wav' }, {}, true],
  [
    'where names are not needed',
    { '1.1': '/var/spool/asterisk/monitor/a.wav' },
    { asksForFiles: false },
    true,
  ],
  ['without the right to ask', { '1.1': '/var/spool/asterisk/monitor/a.wav' }, {}, false],
])('no name is told %s', async (_, files, settings, mayAsk) => {
  await online({ ...files, last: '/var/spool/asterisk/monitor/last.wav' }, settings, mayAsk)
  for (const id of [...Object.keys(files), '1.1']) starts(id)
  if (!mayAsk || 'asksForFiles' in settings) {
    scripted.session('events').say('Event: Newstate', 'Uniqueid: x')
    await vi.waitFor(() => expect(scripted.told).toContain('channel x'))
    expect(scripted.askedFor('Getvar')).toEqual([])
  } else {
    starts('last')
    await vi.waitFor(() => expect(named()).toMatchObject([{ about: { recordingFile: 'last.wav' } }]))
  }
})

test('the folder may be another one', async () => {
  await online({ '1.1': '/storage/monitor/a.wav' }, { recordingFolder: '/storage/monitor/' })
  starts('1.1')
  await vi.waitFor(() => expect(named()).toMatchObject([{ about: { recordingFile: 'a.wav' } }]))
})

test.each([
  ['/a/b', '/a/b/c.wav', 'c.wav'],
  ['/a/b/', '/a/b/c/d.wav', 'c/d.wav'],
  ['/a/b', '/a/bc.wav', undefined],
  ['/a/b', 'c.wav', undefined],
  ['', '/c.wav', undefined],
  ['/', '/c.wav', undefined],
])('below %j the path %j is %j', (folder, path, rest) => {
  expect(below(folder, path)).toBe(rest)
})
