import { afterEach, describe, expect, test, vi } from 'vitest'
import { toPbxEvents as realFactsOf } from '../../../api/asterisk/event-mapper.ts'
import { errorReply, successReply } from '../../support/ami-server.ts'
import { freePort } from '../../support/free-port.ts'
import {
  COMMANDS,
  commands,
  list,
  newChannel,
  type ScriptedOptions,
  type ScriptedPbx,
  scriptedPbx,
  settings,
  shown,
  toMinimalEvents,
} from './fixtures/scripted-pbx.ts'

const opened: ScriptedPbx[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})

async function opening(options: ScriptedOptions = {}) {
  const scripted = await scriptedPbx(options)
  opened.push(scripted)
  scripted.asterisk.open()
  return scripted
}
async function online(options: ScriptedOptions = {}) {
  const scripted = await opening(options)
  await until(() => scripted.asterisk.pbx.state().online)
  return scripted
}
const until = (what: () => unknown) =>
  vi.waitFor(() => expect(what()).toBeTruthy(), { timeout: 15_000, interval: 5 })
const hangup = ({ asterisk }: ScriptedPbx) => asterisk.pbx.hangup('1795218499.95', 'normal')
const refusedAsAway = { code: 'unavailable', retryAfter: expect.any(Number) }

/** Of the answer to Ping in ami-server.ts. */
const PING = 1_795_218_504_730_276
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

describe('a disconnect from Asterisk', () => {
  test.each(['events', 'control'] as const)(
    'without the %s link: offline once, then a new epoch',
    async (user) => {
      const scripted = await online({ times: { retryMinMs: 100 } })
      const { asterisk, published } = scripted
      scripted.session(user).socket.destroy()
      await until(() => published.includes('offline'))
      expect(asterisk.pbx.state()).toEqual({
        online: false,
        offlineSince: expect.any(Number),
        pbxEpoch: 'e1',
      })
      await expect(hangup(scripted)).rejects.toMatchObject(refusedAsAway)
      await until(() => asterisk.pbx.state().online)
      expect(published).toEqual(['snapshot e1', 'offline', 'snapshot e2'])
      expect(scripted.actionsNamed('Hangup')).toEqual([])
    },
  )

  test('of both connections at once is reported once', async () => {
    const { server, asterisk, published } = await online()
    for (const { socket } of server.sessions) socket.destroy()
    await until(() => asterisk.pbx.state().pbxEpoch === 'e2')
    expect(published).toEqual(['snapshot e1', 'offline', 'snapshot e2'])
  })

  test('is assumed after a Shutdown event although both connections are up, until they reconnect', async () => {
    const scripted = await online()
    scripted.session('events').send('Event: Shutdown', 'Shutdown: Cleanly', 'Restart: False')
    await until(() => scripted.published.includes('offline'))
    await expect(hangup(scripted)).rejects.toMatchObject(refusedAsAway)
    for (const { socket } of scripted.server.sessions) socket.destroy()
    await until(() => scripted.asterisk.pbx.state().online)
    expect(scripted.published).toEqual(['snapshot e1', 'offline', 'snapshot e2'])
  })

  test('discards a fetch that was in progress', async () => {
    const answers: ((id: string) => void)[] = []
    const scripted = await opening({
      answers: {
        CoreShowChannels: (session, action) => {
          answers.push((id) => list(shown(id))(session, action))
        },
      },
    })
    await until(() => answers.length === 1)
    scripted.session('events').socket.destroy()
    // The control connection stays up, so both fetches are answered on it.
    await until(() => answers.length === 2)
    answers[0]?.('stale')
    await until(() => scripted.actionsNamed('ParkedCalls').length === 1)
    answers[1]?.('fresh')
    await until(() => scripted.actionsNamed('ParkedCalls').length === 2)
    await until(() => scripted.published.length)
    expect(scripted.published).toEqual(['channel fresh', 'snapshot e1'])
  })

  test('is not reported when it is closed, which closes both connections', async () => {
    const { server, asterisk, published } = await online()
    await asterisk.close()
    expect(published).toEqual(['snapshot e1'])
    expect(asterisk.pbx.state().online).toBe(false)
    await until(() => server.sessions.every(({ socket }) => socket.destroyed))
    expect(server.sessions).toHaveLength(2)
  })
})

test('a message with a failing handler does not block the next ones', async () => {
  const scripted = await online({
    toPbxEvents(message, at) {
      if (message.fields.uniqueid === 'bad') throw new Error('odd')
      return toMinimalEvents(message, at)
    },
    onEvent(fact) {
      if (fact.kind === 'channel' && fact.id === 'worse') throw new Error('odder')
    },
    answers: { CoreShowChannels: list(shown('bad'), shown('worse'), shown('c1')) },
  })
  expect(scripted.published).toEqual(['channel worse', 'channel c1', 'snapshot e1'])
  scripted.session('events').send(...newChannel('bad'))
  scripted.session('events').send(...newChannel('c2'))
  await until(() => scripted.published.includes('channel c2'))
  expect(scripted.errors).toHaveLength(3)
})

test('events without a time are dated in order, by the clock of the PBX', async () => {
  const scripted = await online({ now: () => 1_700_000_000_000 })
  for (const id of ['c1', 'c2', 'c3']) scripted.session('events').send(...newChannel(id))
  await until(() => scripted.pbxEvents.length === 3)
  const [first = 0, ...others] = scripted.pbxEvents.map(({ at }) => at)
  expect(first).toBeGreaterThanOrEqual(PING)
  expect(others).toEqual([first + 1, first + 2])
})

test.each([
  ['technology', 'PJSIP/1001'],
  ['dialContext', 'internal,1'],
  ['transferContext', ''],
  ['parkingLot', 'lot\r\nAction: Command'],
  ['parkTimeoutMs', 0],
])('createAsterisk throws for an invalid %s', async (name, value) => {
  await expect(scriptedPbx({ settings: { ...settings, [name]: value } })).rejects.toThrow(name)
})
