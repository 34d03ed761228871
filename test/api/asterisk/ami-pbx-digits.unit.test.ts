import { describe, expect, test } from 'vitest'
import { id, online, silence } from './fixtures/open-ami-pbx.ts'
import type { ScriptedPbx } from './fixtures/scripted-pbx.ts'
import { until } from './fixtures/until.ts'

describe('digits', () => {
  const played = ({ actionsNamed }: ScriptedPbx, channel: string) =>
    actionsNamed('PlayDTMF')
      .filter((action) => action.channel === channel)
      .map(({ digit }) => digit)
      .join('')

  test('are played in order, also for two simultaneous requests', async () => {
    const scripted = await online()
    const { pbx } = scripted
    await Promise.all([pbx.sendDigits(id, '12#'), pbx.sendDigits(id, 'A*'), pbx.sendDigits('other', '9')])
    expect(played(scripted, id)).toBe('12#A*')
    expect(played(scripted, 'other')).toBe('9')
  })

  test('are unconfirmed when the connection breaks, and the rest is not played', async () => {
    const { pbx, session, actionsNamed } = await online()
    const playing = pbx.sendDigits(id, '123456789').catch((err) => err)
    await until(() => actionsNamed('PlayDTMF').length === 2)
    session('control').socket.destroy()
    expect(await playing).toMatchObject({ name: 'Refusal', code: 'unconfirmed' })
    await until(() => pbx.state().online)
    expect(actionsNamed('PlayDTMF')).toHaveLength(2)
  })

  test('are pressed only while `mayPress` returns true', async () => {
    const scripted = await online()
    const pressing = scripted.pbx.pressDigits(id, '1234', () => played(scripted, id).length < 2)
    await expect(pressing).rejects.toMatchObject({ code: 'unconfirmed' })
    expect(played(scripted, id)).toBe('12')
    await expect(scripted.pbx.pressDigits(id, '1', () => false)).rejects.toMatchObject({ code: 'conflict' })
    expect(played(scripted, id)).toBe('12')
  })

  test('are refused when more than 64 are queued', async () => {
    const { pbx, close } = await online({ answers: { PlayDTMF: silence } })
    const first = pbx.sendDigits(id, '1'.repeat(60)).catch(() => {})
    await expect(pbx.sendDigits(id, '12345')).rejects.toMatchObject({ code: 'conflict' })
    await close()
    await first
  })
})
