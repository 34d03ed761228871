import { describe, expect, test } from 'vitest'
import { toPbxEvents as realFactsOf } from '../../../api/asterisk/event-mapper.ts'
import { errorReply, successReply } from '../../support/ami-server.ts'
import { freePort } from '../../support/free-port.ts'
import { hangup, online, opening, PING, refusedAsAway } from './fixtures/open-asterisk.ts'
import { COMMANDS, commands, list, newChannel, shown } from './fixtures/scripted-pbx.ts'
import { until } from './fixtures/until.ts'

const device = ['Event: DeviceStateChange', 'Device: PJSIP/1001', 'State: NOT_INUSE']

describe('the state of Asterisk', () => {
  test.each([
    ['16', 'Asterisk Call Manager/5.0.4\r\n'],
    ['22', 'Asterisk Call Manager/11.0.0\r\n'],
  ])('publishes all events of the lists, then the snapshot: Asterisk %s', async (_, greeting) => {
    const { published, pbxEvents, snapshots, asterisk, errors } = await online({
      greeting,
      answers: {
        CoreShowChannels: list(shown('c1'), shown('c2')),
        DeviceStateList: list(device),
        ParkedCalls: list(newChannel('p1')),
      },
    })
    expect(published).toEqual(['channel c1', 'channel c2', 'device PJSIP/1001', 'channel p1', 'snapshot e1'])
    expect(pbxEvents.map(({ at }) => at)).toEqual([PING, PING, PING, PING])
    expect(snapshots).toEqual([{ pbxEpoch: 'e1', at: PING, channels: new Set(['c1', 'c2']) }])
    expect(asterisk.pbx.state()).toEqual({ online: true, offlineSince: undefined, pbxEpoch: 'e1' })
    expect(errors).toEqual([])
  })

  test('listens to events before it fetches lists', async () => {
    const scripted = await opening({ answers: { CoreShowChannels: () => {} } })
    await until(() => scripted.actionsNamed('CoreShowChannels').length)
    scripted.session('events').send(...newChannel('c9'))
    await until(() => scripted.published.includes('channel c9'))
    expect(scripted.asterisk.pbx.state().online).toBe(false)
  })

  test('includes presences if the AMI user may list them', async () => {
    const presence = ['Event: PresenceStateChange', 'Presentity: CustomPresence:1002', 'Status: dnd']
    const options = { toPbxEvents: realFactsOf, answers: { PresenceStateList: list(presence) } }
    const { pbxEvents } = await online({
      ...options,
      answers: { ...options.answers, ListCommands: commands(...COMMANDS, 'PresenceStateList') },
    })
    expect(pbxEvents).toEqual([{ kind: 'device', device: 'CustomPresence:1002', at: PING, state: 'busy' }])
    expect((await online(options)).actionsNamed('PresenceStateList')).toEqual([])
  })

  test.each([
    ['events', '1795218504.9'],
    ['a response', undefined],
  ])('reports a clock that was set back before the next event, by %s', async (_, later) => {
    const scripted = await online({
      toPbxEvents: realFactsOf,
      times: { resyncIntervalMs: later ? 600_000 : 20 },
    })
    const sendState = (Timestamp: string, State: string) =>
      scripted
        .session('events')
        .send('Event: DeviceStateChange', `Timestamp: ${Timestamp}`, 'Device: PJSIP/1001', `State: ${State}`)
    sendState('1795218804.5', 'INUSE')
    if (later !== undefined) sendState(later, 'NOT_INUSE')
    await until(() => scripted.published.includes('clock_set_back '))
    const [before, clock, after] = scripted.pbxEvents
    expect(before).toMatchObject({ kind: 'device', state: 'in_use' })
    expect(clock).toMatchObject({ kind: 'clock_set_back', setBackBy: expect.any(Number) })
    const back = clock?.kind === 'clock_set_back' ? clock.setBackBy : 0
    expect((before?.at ?? 0) - back).toBeLessThan(later === undefined ? PING : (after?.at ?? 0))
  })

  test('treats a refused list of parked calls as empty', async () => {
    const { snapshots } = await online({ answers: { ParkedCalls: errorReply('No such parking lot') } })
    expect(snapshots).toHaveLength(1)
  })

  test('uses our own clock when the PBX reports none', async () => {
    const { snapshots } = await online({ now: () => 1_700_000_000_000, answers: { Ping: successReply() } })
    expect(snapshots[0]?.at).toBe(1_700_000_000_000_000)
  })

  test.each(['ListCommands', 'Ping', 'CoreShowChannels', 'DeviceStateList'])(
    'is not online without %s, and is fetched again until it is',
    async (action) => {
      const scripted = await opening({ answers: { [action]: errorReply('Permission denied') } })
      const { server, asterisk, published, errors } = scripted
      await until(() => scripted.actionsNamed(action).length >= 3)
      expect(asterisk.pbx.state()).toMatchObject({ online: false, pbxEpoch: undefined })
      expect(published).toEqual([])
      await expect(hangup(scripted)).rejects.toMatchObject(refusedAsAway)
      expect(errors[0]).toMatch(/could not be read: AmiError: Permission denied/)
      server.script.handlers[action] =
        { ListCommands: commands('Hangup'), Ping: successReply() }[action] ?? list()
      await until(() => asterisk.pbx.state().online)
      expect(published).toEqual(['snapshot e1'])
    },
  )

  test('is not fetched while only one connection is up', async () => {
    const scripted = await opening({ controlPort: await freePort() })
    await until(() => scripted.server.sessions[0]?.actions.length)
    scripted.session('events').send(...newChannel('c1'))
    await until(() => scripted.published.includes('channel c1'))
    expect(scripted.asterisk.pbx.state().online).toBe(false)
    expect(scripted.server.sessions.flatMap(({ actions }) => actions.map(({ action }) => action))).toEqual([
      'Login',
    ])
  })

  test('is fetched again at intervals: in the same epoch, without channels that ended unseen', async () => {
    const { server, snapshots, asterisk, ...scripted } = await online({
      times: { resyncIntervalMs: 20 },
      answers: { CoreShowChannels: list(shown('c1')) },
    })
    server.script.handlers.CoreShowChannels = list()
    await until(() => snapshots.at(-1)?.channels.size === 0)
    expect(snapshots[0]?.channels).toEqual(new Set(['c1']))
    expect(new Set(snapshots.map(({ pbxEpoch }) => pbxEpoch))).toEqual(new Set(['e1']))
    expect(scripted.actionsNamed('ListCommands')).toHaveLength(1)
  })

  test('stays online when a later fetch fails', async () => {
    const { server, asterisk, published, errors } = await online({ times: { resyncIntervalMs: 20 } })
    server.script.handlers.CoreShowChannels = errorReply('Later')
    await until(() => errors.length >= 2)
    expect(asterisk.pbx.state().online).toBe(true)
    expect(published).not.toContain('offline')
  })
})
