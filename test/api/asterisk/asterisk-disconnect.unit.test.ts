import { describe, expect, test } from 'vitest'
import { hangup, online, opening, refusedAsAway } from './fixtures/open-asterisk.ts'
import { list, shown } from './fixtures/scripted-pbx.ts'
import { until } from './fixtures/until.ts'

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
