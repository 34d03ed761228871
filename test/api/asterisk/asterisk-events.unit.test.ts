import { expect, test } from 'vitest'
import { online, PING } from './fixtures/open-asterisk.ts'
import { list, newChannel, shown, toMinimalEvents } from './fixtures/scripted-pbx.ts'
import { until } from './fixtures/until.ts'

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
