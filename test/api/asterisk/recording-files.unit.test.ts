import { afterEach, expect, test, vi } from 'vitest'
import { pathBelow } from '../../../api/asterisk/recording-files.ts'
import { type AmiHandler, errorReply, successReply } from '../../support/ami-server.ts'
import { COMMANDS, commands, type ScriptedPbx, scriptedPbx } from './fixtures/scripted-pbx.ts'

let scripted: ScriptedPbx
afterEach(() => scripted.close())

/** A PBX that records into its usual folder, with the files of its channels. */
async function online(files: Record<string, string>, settings = {}, mayAsk = true): Promise<ScriptedPbx> {
  const getvar: AmiHandler = (session, action) => {
    const { variable, channel = '' } = action
    const value = variable === 'ASTSPOOLDIR' ? '/var/spool/asterisk' : files[channel]
    if (value === undefined) errorReply('No such channel')(session, action)
    else successReply(`Variable: ${variable}`, `Value: ${value}`)(session, action)
  }
  scripted = await scriptedPbx({
    settings: { needsFileNames: true, ...settings },
    answers: { ListCommands: commands(...COMMANDS, ...(mayAsk ? ['Getvar'] : [])), Getvar: getvar },
  })
  scripted.asterisk.open()
  await vi.waitFor(() => expect(scripted.asterisk.pbx.state().online).toBe(true))
  return scripted
}
const starts = (id: string) =>
  scripted
    .session('events')
    .send(
      'Event: MixMonitorStart',
      'Timestamp: 1795218504.730276',
      'Channel: PJSIP/1001-1',
      `Uniqueid: ${id}`,
    )
const named = () =>
  scripted.pbxEvents.flatMap((event) =>
    event.kind === 'channel' && event.changes.recordingFile ? [event] : [],
  )

test('reports each recording that begins with the file that the PBX names, below its folder', async () => {
  await online({
    '1.1': '/var/spool/asterisk/monitor/2026/11/29/in-1001.wav',
    '1.2': '/var/spool/asterisk/monitor/b.wav',
  })
  starts('1.1')
  starts('1.2')
  await vi.waitFor(() => expect(named()).toHaveLength(2))
  expect(named()).toMatchObject([
    { id: '1.1', at: 1_795_218_504_730_276, changes: { recordingFile: '2026/11/29/in-1001.wav' } },
    { id: '1.2', changes: { recordingFile: 'b.wav' } },
  ])
  expect(scripted.errors).toEqual([])
})

test.each([
  ['for a file elsewhere', { '1.1': '/etc/passwd' }, {}, true],
  ['where the channel has ended by then', {}, {}, true],
  ['for a channel with a pattern as its id', { '/.*/': '/var/spool/asterisk/monitor/a.wav' }, {}, true],
  [
    'where names are not needed',
    { '1.1': '/var/spool/asterisk/monitor/a.wav' },
    { needsFileNames: false },
    true,
  ],
  ['without the right to read variables', { '1.1': '/var/spool/asterisk/monitor/a.wav' }, {}, false],
])('reports no name %s', async (_, files, settings, mayAsk) => {
  await online({ ...files, last: '/var/spool/asterisk/monitor/last.wav' }, settings, mayAsk)
  for (const id of [...Object.keys(files), '1.1']) starts(id)
  if (!mayAsk || 'needsFileNames' in settings) {
    scripted.session('events').send('Event: Newstate', 'Uniqueid: x')
    await vi.waitFor(() => expect(scripted.published).toContain('channel x'))
    expect(scripted.actionsNamed('Getvar')).toEqual([])
  } else {
    starts('last')
    await vi.waitFor(() => expect(named()).toMatchObject([{ changes: { recordingFile: 'last.wav' } }]))
  }
})

test('uses another folder if it is configured', async () => {
  await online({ '1.1': '/storage/monitor/a.wav' }, { recordingFolder: '/storage/monitor/' })
  starts('1.1')
  await vi.waitFor(() => expect(named()).toMatchObject([{ changes: { recordingFile: 'a.wav' } }]))
})

test.each([
  ['/a/b', '/a/b/c.wav', 'c.wav'],
  ['/a/b/', '/a/b/c/d.wav', 'c/d.wav'],
  ['/a/b', '/a/bc.wav', undefined],
  ['/a/b', 'c.wav', undefined],
  ['', '/c.wav', undefined],
  ['/', '/c.wav', undefined],
])('the path below %j of %j is %j', (folder, path, rest) => {
  expect(pathBelow(folder, path)).toBe(rest)
})
