import { describe, expect, test } from 'vitest'
import { AT, ID, mapEvent, prefixed, RECEIVED_AT, SNAPSHOT } from './fixtures/map-event.ts'

describe('parking', () => {
  const parkee = prefixed('Parkee')

  test('the parked channel gets the space, from an event and from a list', () => {
    const [event] = mapEvent('ParkedCall', { Timestamp: SNAPSHOT.Timestamp, ...parkee, ParkingSpace: '701' })
    expect(event).toMatchObject({ id: ID, at: AT, changes: { parkingSpace: '701' } })
    const [item] = mapEvent('ParkedCall', { ActionID: 'x-1', ...parkee, ParkingSpace: '701' })
    expect(item).toMatchObject({ id: ID, at: RECEIVED_AT, changes: { parkingSpace: '701' } })
  })

  test.each(['UnParkedCall', 'ParkedCallTimeOut', 'ParkedCallGiveUp'])('%s clears the space', (name) => {
    const [event] = mapEvent(name, { ...parkee, ParkingSpace: '701' })
    expect(event).toMatchObject({ id: ID, changes: { parkingSpace: undefined } })
  })
})
