import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Presence, PresenceOf } from '../../console/app/live/live-messages.ts'
import { choicesOf } from '../../console/components/people/choices.ts'
import {
  createNamesSelector,
  filterContacts,
  mergeContacts,
} from '../../console/components/people/directory.ts'
import { messages } from '../../console/components/people/messages.en.ts'
import { partnerOf, presenceTone, presenceWords } from '../../console/components/people/presence-words.ts'

const person = (extension: string, display_name: string, favourite = false) => ({
  user_id: extension,
  extension,
  display_name,
  username: `user${extension}`,
  favourite,
})
const idle = (name: string): PresenceOf => ({ state: 'Idle', name, status: 'available' })

describe('the list of people', () => {
  it('has favourites first, then names; people of the stream alone, and queues', () => {
    const presence: Presence = {
      '1001': idle('ana'),
      '1005': idle('Eva'),
      '700': { state: 'Idle', name: 'support', isQueue: true },
    }
    const contacts = mergeContacts([person('1001', 'Ana'), person('1003', 'Zoe', true)], presence)
    expect(contacts.map(({ name, isFavourite, isQueue }) => [name, isFavourite, isQueue])).toEqual([
      ['Zoe', true, false],
      ['Ana', false, false],
      ['Eva', false, false],
      ['support', false, true],
    ])
  })

  it('finds each word in name, username or extension, without regard to case and accents', () => {
    const contacts = mergeContacts([person('1001', 'Ana García'), person('1002', 'Иван Петров')], undefined)
    const found = (query: string) => filterContacts(contacts, query).map(({ extension }) => extension)
    expect(found('garcia ana')).toEqual(['1001'])
    expect(found('ПЕТРОВ 1002')).toEqual(['1002'])
    expect(found('user100')).toEqual(['1001', '1002'])
    expect(found('ana 1002')).toEqual([])
  })

  it('finds every contact by any part of its name', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.nat(), fc.nat(), (name, a, b) => {
        const contacts = mergeContacts([person('1001', name)], undefined)
        const [start, end] = [a % (name.length + 1), b % (name.length + 1)].sort((x, y) => x - y)
        // Half of a character is none.
        const part = name.slice(start, end).toWellFormed()
        if (part !== name.slice(start, end)) return
        expect(filterContacts(contacts, part)).toHaveLength(1)
      }),
    )
  })

  it('is made again for another name, and not for another state', () => {
    const select = createNamesSelector()
    const first: Presence = { '1001': idle('Ana'), '1002': idle('Bob') }
    expect(select(first)).toBe(first)
    expect(select({ ...first, '1001': { state: 'Up', name: 'Ana' } })).toBe(first)
    const renamed = { ...first, '1001': idle('Anna') }
    expect(select(renamed)).toBe(renamed)
    expect(select({ '1001': idle('Anna') })).not.toBe(renamed)
  })
})

describe('choosing a person', () => {
  const contacts = mergeContacts([person('1001', 'Ana'), person('1002', 'Bob')], {
    support: { state: 'Idle', name: 'support', isQueue: true },
  })

  it.each([
    ['all with a number', '', ['1001', '1002']],
    ['by name', 'bo', ['1002']],
    ['a number that no person has', '+49 30 123', ['+49 30 123']],
    ['a number that is also the beginning of extensions', '100', ['1001', '1002', '100']],
    ['an extension once', '1001', ['1001']],
    ['nothing for a text that is no number', 'x', []],
  ])('offers %s', (_, query, numbers) => {
    expect(choicesOf(contacts, query).map(({ number }) => number)).toEqual(numbers)
  })

  it('does not offer the excepted extension', () => {
    expect(choicesOf(contacts, '', '1001').map(({ number }) => number)).toEqual(['1002'])
  })
})

describe('presence in words', () => {
  it.each<[string, PresenceOf | undefined, string, string]>([
    ['unknown', undefined, 'State unknown', 'off'],
    ['free', idle('Ana'), 'Free', 'free'],
    ['free, and away', { ...idle('Ana'), status: 'away' }, 'Free · Away', 'away'],
    [
      'unreachable by its own wish',
      { state: 'Unavailable', name: 'Ana', status: 'dnd' },
      'Do not disturb',
      'busy',
    ],
    ['unreachable', { state: 'Unavailable', name: 'Ana', status: 'available' }, 'Not reachable', 'off'],
    [
      'on a call',
      { state: 'Up', name: 'Ana', channels: { 'PJSIP/1': { number: '1002', direction: 'incoming' } } },
      'On a call with 1002',
      'busy',
    ],
    [
      'called with a withheld number',
      { state: 'Ringing', name: 'Ana', channels: { 'PJSIP/1': { number: '', direction: 'incoming' } } },
      'Ringing',
      'ringing',
    ],
  ])('%s', (_, presence, words, tone) => {
    expect([presenceWords(messages, presence), presenceTone(presence)]).toEqual([words, tone])
  })

  it('has the name of the one at the other end where it is known, and the number otherwise', () => {
    const presence: PresenceOf = {
      ...idle('Ana'),
      state: 'Up',
      channels: { 'PJSIP/1': { number: '1002', direction: 'incoming' } },
    }
    expect(partnerOf(presence)).toBe('1002')
    expect(presenceWords(messages, presence, 'Bob')).toBe('On a call with Bob')
    expect(presenceWords(messages, presence, undefined)).toBe('On a call with 1002')
    expect(partnerOf(idle('Ana'))).toBeUndefined()
  })
})
