import { describe, expect, test } from 'vitest'
import { successReply } from '../../support/ami-server.ts'
import { gone, id, online, silence } from './fixtures/open-ami-pbx.ts'
import { list, newChannel, type ScriptedPbx } from './fixtures/scripted-pbx.ts'
import { until } from './fixtures/until.ts'

describe('hanging up a channel that does not exist yet', () => {
  const hangups = ({ actionsNamed }: ScriptedPbx) =>
    actionsNamed('Hangup').map(({ channel, cause }) => [channel, cause])

  test('hangs it up once an event shows it', async () => {
    const scripted = await online({ answers: { Hangup: gone } })
    await scripted.pbx.hangup('hk_01j', 'busy')
    scripted.server.script.handlers.Hangup = successReply()
    scripted.session('events').send(...newChannel('other'))
    scripted.session('events').send(...newChannel('hk_01j'))
    await until(() => hangups(scripted).length === 2)
    expect(hangups(scripted)).toEqual([
      ['hk_01j', '17'],
      ['hk_01j', '17'],
    ])
    // Later events of the channel cause no further action.
    await until(() => scripted.published.includes('channel hk_01j'))
    scripted.session('events').send(...newChannel('hk_01j'))
    await until(() => scripted.pbxEvents.length === 3)
    await scripted.pbx.cancelTransfer(id)
    expect(hangups(scripted)).toHaveLength(2)
  })

  test('sends the action again if an event shows the channel before the response', async () => {
    let answer = () => {}
    const scripted = await online({
      answers: {
        Hangup: (session, action) => {
          answer = () => gone(session, action)
        },
      },
    })
    const hanging = scripted.pbx.hangup('hk_01j', 'normal')
    await until(() => hangups(scripted).length === 1)
    scripted.session('events').send(...newChannel('hk_01j'))
    await until(() => scripted.pbxEvents.length === 1)
    scripted.server.script.handlers.Hangup = successReply()
    answer()
    await hanging
    expect(hangups(scripted)).toHaveLength(2)
  })

  test('hangs it up also when a snapshot after a disconnect shows it', async () => {
    const scripted = await online({ answers: { Hangup: gone } })
    await scripted.pbx.hangup('hk_01j', 'normal')
    Object.assign(scripted.server.script.handlers, {
      Hangup: successReply(),
      CoreShowChannels: list(newChannel('hk_01j')),
    })
    scripted.session('control').socket.destroy()
    await until(() => scripted.published.includes('snapshot e2'))
    await until(() => hangups(scripted).length === 2)
  })

  test.each([
    ['a channel that ended in between', 'gone', 0],
    ['a channel that appears more than a minute later', 'late', 61_000],
  ])('sends nothing for %s', async (_, how, later) => {
    let clock = 1_700_000_000_000
    const scripted = await online({ now: () => clock, answers: { Hangup: gone } })
    await scripted.pbx.hangup('hk_01j', 'normal')
    if (how === 'gone') scripted.session('events').send('Event: Hangup', 'Uniqueid: hk_01j')
    else clock += later
    scripted.session('events').send(...newChannel('hk_01j'))
    await until(() => scripted.published.includes('channel hk_01j'))
    await scripted.pbx.cancelTransfer(id)
    expect(hangups(scripted)).toHaveLength(1)
  })

  test('is unconfirmed without a response, and does not stay pending', async () => {
    const scripted = await online({ times: { actionTimeoutMs: 400 }, answers: { Hangup: silence } })
    await expect(scripted.pbx.hangup('hk_01j', 'normal')).rejects.toMatchObject({ code: 'unconfirmed' })
    scripted.session('events').send(...newChannel('hk_01j'))
    await until(() => scripted.pbxEvents.length === 1)
    await scripted.pbx.cancelTransfer(id)
    expect(hangups(scripted)).toHaveLength(1)
  })

  test('keeps a thousand pending hang-ups, and evicts the oldest', async () => {
    const scripted = await online({ answers: { Hangup: gone } })
    for (let at = 0; at <= 1_000; at += 100) {
      const ids = Array.from({ length: at === 1_000 ? 1 : 100 }, (_, one) => `c-${at + one}`)
      await Promise.all(ids.map((one) => scripted.pbx.hangup(one, 'normal')))
    }
    scripted.server.script.handlers.Hangup = successReply()
    for (const one of ['c-0', 'c-1', 'c-1000']) scripted.session('events').send(...newChannel(one))
    await until(() => hangups(scripted).length >= 1_003)
    expect(hangups(scripted).slice(1_001)).toEqual([
      ['c-1', '16'],
      ['c-1000', '16'],
    ])
  })
})
