import { expect, test } from 'vitest'
import { createCutter, type Instance } from '../../sidecar/cutter.ts'

/** An instance that takes every cut, and counts a channel's streams as `left` says. */
function instanceWith(left: Readonly<Record<string, number>>) {
  const cuts: string[] = []
  const instance: Instance = {
    async cut(channel) {
      cuts.push(channel)
      return 'cut'
    },
    subscribers: async (channel) => left[channel] ?? 0,
    life: async () => '1',
  }
  return { cuts, instance }
}

test.each([
  ['a stream that is counted no more', 'conn/a', {}, false, { cuts: 1, stuck: [] }],
  [
    'a stream that is counted on, though Nchan let go of it',
    'conn/a',
    { 'conn/a': 1 },
    true,
    { cuts: 1, stuck: [] },
  ],
  ['a stream that is counted on', 'conn/a', { 'conn/a': 1 }, false, { cuts: 4, stuck: [1] }],
  [
    'a gate whose deleted channel counts on, and that has no stream',
    'gate/g',
    { 'gate/g': 3 },
    false,
    { cuts: 1, stuck: [] },
  ],
  ['a gate that has streams', 'gate/g', { 'gate/g': 3, 'open/g': 2 }, false, { cuts: 4, stuck: [1] }],
] as const)('looks for the end of %s', async (_, channel, left, isLetGo, expected) => {
  const { cuts, instance } = instanceWith(left)
  const cutter = createCutter({
    instances: [instance],
    pause: async () => {
      if (isLetGo) cutter.ended(channel)
    },
    onTrouble: () => {},
  })
  await cutter.cut(1, channel)
  expect({ cuts: cuts.length, stuck: cutter.stuck() }).toEqual(expected)
})
