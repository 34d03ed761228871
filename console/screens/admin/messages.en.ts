import { plural } from '../../i18n/plural.ts'

/** Texts that several tabs use. */
export const messages = {
  title: 'Administration',
  tabs: {
    people: 'People',
    import: 'Import',
    sessions: 'Sessions',
    invitations: 'Invitations',
    'do-not-call': 'Do not call',
    provisioning: 'Provisioning',
    webhooks: 'Webhooks',
    tokens: 'Tokens',
    log: 'Security log',
  },
  roles: { user: 'User', supervisor: 'Supervisor', admin: 'Administrator' },
  role: 'Role',
  extension: 'Extension',
  extensionHint: 'Up to 32 digits. Leave it empty for a person without a phone.',
  email: 'Email address',
  state: 'State',
  all: 'All',
  search: 'Search',
  more: 'Show more',
  total: (count: number) => plural('en', count, { one: '# entry', other: '# entries' }),
  person: 'Person',
  choosePerson: 'Choose a person',
  otherPerson: 'Choose another person',
  noPerson: 'Nothing fits this search.',
}
