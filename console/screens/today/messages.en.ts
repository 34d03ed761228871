import { plural } from '../../i18n/plural.ts'

export const messages = {
  problems: {
    title: 'What does not work now',
    pbx: 'The telephone system does not answer: no calls and no presence. It is tried again by itself.',
    commands: (list: string) => `This telephone system cannot: ${list}.`,
    commandNames: {
      dial: 'place calls',
      hangup: 'end calls',
      transfer: 'transfer',
      attended_transfer: 'transfer after a consultation',
      dtmf: 'send digits',
      park: 'park',
      mute: 'mute',
      pause_recording: 'pause a recording',
    } as Record<string, string>,
    noExtension: 'You have no extension, so you cannot call or be called. Your administrator gives you one.',
    noPhone: 'None of your phones is connected: calls to you are not answered.',
    insecure:
      'The phone in this page has no microphone: browsers give it only to pages over HTTPS. Ask your administrator for an https:// address.',
    none: 'The phone in this page has no microphone: this browser gives none to pages.',
    denied:
      'The phone in this page has no microphone: you have blocked it. Permit it at the lock in the address bar.',
  },
  status: {
    title: 'My status',
    legend: 'Status that others see',
    dndMeans: '“Do not disturb” is shown to others; your phones ring all the same.',
    phone: 'My phones:',
    failed: 'Your status could not be set.',
  },
  missed: {
    title: 'Missed calls',
    count: (count: number) => plural('en', count, { one: '# missed call', other: '# missed calls' }),
    none: 'You have missed no call.',
    lastDays: 'In the last 30 days.',
    sinceSeen: (time: string) => `Since you last saw the missed calls: ${time}.`,
    open: 'Show them',
    seen: 'Mark as seen',
  },
  recent: {
    title: 'My last calls',
    empty: 'No calls yet. Choose a person to call.',
    all: 'All calls',
    outgoing: 'Outgoing',
    incoming: 'Incoming',
    missed: 'Missed',
    callBack: (name: string) => `Call ${name}`,
  },
  favourites: {
    title: 'Favorites',
    empty: 'Mark people with the star to see them here.',
    all: 'All people',
  },
  live: {
    title: 'Calls right now',
    calls: (count: number) => plural('en', count, { one: '# call', other: '# calls' }),
    states: (connected: number, ringing: number, waiting: number) =>
      `${connected} connected, ${ringing} ringing, ${waiting} on hold or parked`,
    open: 'Show them',
  },
}
