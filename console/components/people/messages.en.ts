import { plural } from '../../i18n/plural.ts'

export const messages = {
  unknown: 'State unknown',
  states: {
    Idle: 'Free',
    Ringing: 'Ringing',
    Ring: 'Calling',
    Up: 'On a call',
    Busy: 'Busy',
    OnHold: 'On hold',
    Unavailable: 'Not reachable',
  },
  /** The same with the number at the other end. */
  statesWith: {
    Idle: () => 'Free',
    Ringing: (number: string) => `${number} is calling`,
    Ring: (number: string) => `Calling ${number}`,
    Up: (number: string) => `On a call with ${number}`,
    Busy: (number: string) => `Busy with ${number}`,
    OnHold: (number: string) => `On hold with ${number}`,
    Unavailable: () => 'Not reachable',
  },
  statuses: {
    available: 'Available',
    away: 'Away',
    dnd: 'Do not disturb',
    offline: 'Appears offline',
  },
  pick: 'Name or number',
  pickHint: 'Type a name, an extension or a number; choose with the arrow keys.',
  pickNumber: (number: string) => `Use the number ${number}`,
  pickCount: (count: number) => plural('en', count, { one: '# match', other: '# matches' }),
}
