import { describe, expect, it } from 'vitest'
import { createPbxLink } from '../../../../api/core/calls/pbx-link.ts'

const START = 1_700_000_000_000

/** A PBX that went offline at `START`, seen by the holder of the lease. */
function createFixture() {
  const clock = { now: START }
  const pbx: { online: boolean; offlineSince: number | undefined } = { online: false, offlineSince: START }
  const log: string[] = []
  const holder: { fence: number | undefined } = { fence: 7 }
  const link = createPbxLink({
    state: () => pbx,
    lease: { fence: () => holder.fence, stepDown: (forMs) => void log.push(`step down for ${forMs} ms`) },
    onChange: () => void log.push('changed'),
    now: () => clock.now,
  })
  const goOnline = () => Object.assign(pbx, { online: true, offlineSince: undefined })
  const goOffline = () => Object.assign(pbx, { online: false, offlineSince: clock.now })
  return { link, clock, pbx, holder, log, goOnline, goOffline }
}

describe('the link to the PBX', () => {
  it('counts as offline only after 3 seconds, which a restart of the PBX takes', () => {
    const { link, clock } = createFixture()
    clock.now += 3_000
    expect(link.isOffline()).toBe(false)
    clock.now += 1
    expect(link.isOffline()).toBe(true)
  })

  it('counts as offline at once where no PBX is configured', () => {
    const { link, pbx } = createFixture()
    pbx.offlineSince = undefined
    expect(link.isOffline()).toBe(true)
  })

  it('reports each change once: PBX back, then offline for longer than the grace period', () => {
    const { link, clock, log, goOnline, goOffline } = createFixture()
    goOnline()
    link.check()
    link.check()
    expect(log).toEqual(['changed'])
    goOffline()
    link.check()
    expect(log).toEqual(['changed'])
    clock.now += 3_001
    link.check()
    expect(log.filter((entry) => entry === 'changed')).toHaveLength(2)
  })

  it('lets another API take the lease while the PBX is offline, every 30 seconds', () => {
    const { link, clock, log } = createFixture()
    clock.now += 3_001
    for (let seconds = 0; seconds < 32; seconds += 1) {
      link.check()
      clock.now += 1_000
    }
    expect(log).toEqual(['step down for 2000 ms', 'step down for 2000 ms'])
  })

  it.each([
    ['the PBX is online', ({ goOnline }: ReturnType<typeof createFixture>) => goOnline()],
    [
      'another API holds the lease',
      ({ holder }: ReturnType<typeof createFixture>) => (holder.fence = undefined),
    ],
  ])('keeps the lease as it is while %s', (_, change) => {
    const fixture = createFixture()
    change(fixture)
    fixture.clock.now += 60_000
    fixture.link.check()
    expect(fixture.log).not.toContain('step down for 2000 ms')
  })
})
