import { plural } from '../../../i18n/plural.ts'

export const messages = {
  list: 'Sessions',
  empty: 'This person has no live session.',
  show: (name: string) => `Show the sessions of ${name}`,
  of: (name: string) => `Sessions of ${name}`,
  current: 'This session',
  fields: { surface: 'Signed in through', address: 'From', since: 'Since', lastSeen: 'Last active' },
  surfaces: {
    mikopbx: 'Console',
    softphone: 'Softphone',
    voip: 'VoIP app',
    onboarding: 'Phone setup',
    crm: 'Call center',
  } as Record<string, string>,
  end: 'End',
  endOne: (program: string) => `End the session of ${program}`,
  endTitle: 'End this session?',
  endAll: 'End all',
  endAllTitle: (name: string) => `End all sessions of ${name}?`,
  endWhat:
    'The person is signed out there at once: calls in the page end, streams stop, and the sign-in page is shown. They can sign in again; to prevent that, disable the person.',
  ended: (count: number) =>
    plural('en', count, { one: '# session has ended.', other: '# sessions have ended.' }),
}
