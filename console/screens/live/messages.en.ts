import { plural } from '../../i18n/plural.ts'

export const messages = {
  onlyOverseers: 'Live calls of others are for supervisors and administrators.',
  count: (count: number) => plural('en', count, { one: '# call', other: '# calls' }),
  empty: 'No calls right now.',
  emptyHint: 'A call appears here as soon as a phone dials or rings.',
  pbxAway: 'The telephone system does not answer. The calls shown may be out of date.',
  calls: 'Live calls',
  columns: {
    state: 'State',
    from: 'From',
    to: 'To',
    direction: 'Direction',
    time: 'Time',
    phones: 'Phones',
    actions: 'Actions',
  },
  holds: 'holds the line',
  parkedAt: (space: string) => `parked at ${space}`,
  actionsFor: (from: string, to: string) => `Actions for the call ${from} → ${to}`,
  hangup: 'Hang up',
  transfer: 'Transfer …',
  hangupTitle: 'Hang up this call?',
  hangupText: (from: string, to: string) => `The call between ${from} and ${to} ends for all of them.`,
  hangupTeamText: (from: string, to: string) =>
    `The call between ${from} and ${to} ends. If a phone outside of your team is in it, only the phones of your team are hung up.`,
  hangupOwnText: (partner: string) => `Your phone leaves the call with ${partner}.`,
  hungUp: 'The call was hung up.',
  transferTitle: 'Transfer this call',
  transferText: (leaving: string, staying: string) =>
    `${leaving} leaves the call. ${staying} is connected with the person or number that you choose.`,
  transferTeamText:
    'A phone of your team leaves the call. The other end is connected with the person or number that you choose.',
  transferTo: (name: string) => `Transfer to ${name}`,
  transferNone: 'Transfer',
}
