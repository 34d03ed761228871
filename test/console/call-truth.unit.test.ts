import { describe, expect, it } from 'vitest'
import type { LiveCall } from '../../console/app/live/live-messages.ts'
import type { CallCard } from '../../console/phone/phone-types.ts'
import { callsOnOtherPhones, dockChange, ownCards, truthOf } from '../../console/screens/phone/call-truth.ts'

const card = (changes: Partial<CallCard> = {}): CallCard => ({
  id: 'c1',
  apiCallId: 'hk_1',
  direction: 'outgoing',
  peer: { number: '1003', name: '' },
  state: 'active',
  startedAt: 1,
  muted: false,
  quality: undefined,
  error: undefined,
  ...changes,
})
type Leg = LiveCall['legs'][number]
const leg = (number: string, changes: Partial<Leg> = {}): Leg => ({
  ...{ extension: number, number, name: `name of ${number}`, state: 'up', role: 'callee' },
  ...{ holds: false, parked_at: null },
  ...changes,
})
const call = (changes: Partial<LiveCall> = {}): LiveCall => ({
  ...{
    id: 'hk_1',
    state: 'up',
    direction: 'internal',
    started_at: '',
    answered_at: '2026-01-01T00:00:00.000Z',
  },
  ...{ ended_at: null, outcome: null, cause: null, recording: 'off' },
  ...{ from: { number: '1000', name: 'me' }, to: { number: '1003', name: 'name of 1003' } },
  legs: [leg('1000', { role: 'caller' }), leg('1003')],
  ...changes,
})

describe('console: a call on its card', () => {
  it('is connected once the other end has answered, not when the own phone has', () => {
    expect(truthOf(card(), call(), '1000').state).toBe('active')
    const ringing = call({ state: 'ringing', answered_at: null })
    expect(truthOf(card(), ringing, '1000')).toMatchObject({ state: 'ringing-there', answeredAt: undefined })
    expect(truthOf(card(), call({ state: 'dialling' }), '1000').state).toBe('calling')
    expect(truthOf(card({ state: 'ringing' }), undefined, '1000').state).toBe('calling')
  })

  it('names the one who talks after a transfer', () => {
    const transferred = call({ legs: [leg('1000'), leg('1003', { state: 'ended' }), leg('1002')] })
    expect(truthOf(card(), transferred, '1000').peer).toEqual({ number: '1002', name: 'name of 1002' })
  })

  it('is held by the other end if that end holds, and not if I do', () => {
    const legs = [leg('1000'), leg('1003', { holds: true })]
    expect(truthOf(card(), call({ state: 'held', legs }), '1000').state).toBe('remote-held')
    const own = [leg('1000', { holds: true }), leg('1003')]
    expect(truthOf(card({ state: 'held' }), call({ state: 'held', legs: own }), '1000').state).toBe('held')
  })

  it('was answered elsewhere if it rang here and another phone of mine is in it', () => {
    const ended = card({ direction: 'incoming', state: 'ended', startedAt: undefined })
    expect(truthOf(ended, call(), '1000').isElsewhere).toBe(true)
    expect(truthOf(ended, call({ legs: [leg('1003')] }), '1000').isElsewhere).toBe(false)
  })
})

describe('console: calls on other phones of mine', () => {
  it('are those without a card', () => {
    const other = call({ id: 'x' })
    expect(callsOnOtherPhones([call(), other], [card()], '1000')).toEqual([other])
    expect(callsOnOtherPhones([call({ legs: [leg('1003')] })], [], '1000')).toEqual([])
  })

  it('are one fewer for a card that the PBX joined with one of them', () => {
    expect(callsOnOtherPhones([call({ id: 'older' })], [card({ apiCallId: 'hk_2' })], '1000')).toEqual([])
  })
})

describe('console: a call that another phone of mine took', () => {
  const rings = card({ direction: 'incoming', state: 'ringing', startedAt: undefined })
  const taken = card({
    direction: 'incoming',
    state: 'ended',
    startedAt: undefined,
    error: 'answered_elsewhere',
  })

  it('has one card: that of the other phone, while it goes on', () => {
    expect(callsOnOtherPhones([call()], [taken], '1000')).toHaveLength(1)
    expect(ownCards([taken], [call()], '1000')).toEqual([])
    expect(ownCards([taken], [], '1000')).toEqual([taken])
    expect(ownCards([card({ state: 'ended' })], [call()], '1000')).toHaveLength(1)
    expect(ownCards([rings], [call()], '1000')).toEqual([rings])
  })

  it('closes the dock that it has opened by itself, and no other', () => {
    const known = new Set([rings.id])
    expect(dockChange([rings], new Set(), false)).toBe('open')
    expect(dockChange([rings], known, true)).toBeUndefined()
    expect(dockChange([taken], known, true)).toBe('close')
    expect(dockChange([taken], known, false)).toBeUndefined()
    expect(dockChange([card({ state: 'ended' })], known, true)).toBeUndefined()
    expect(dockChange([taken, card({ id: 'c2' })], new Set(['c2']), true)).toBeUndefined()
  })

  it('never opens it', () => {
    expect(dockChange([], new Set(), false)).toBeUndefined()
    expect(dockChange([taken], new Set(), false)).toBeUndefined()
  })
})
