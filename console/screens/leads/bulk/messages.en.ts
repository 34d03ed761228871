import { plural } from '../../../i18n/plural.ts'

const leads = (count: number) => plural('en', count, { one: '# lead', other: '# leads' })

export const messages = {
  title: 'Change the selected leads',
  selected: (count: number) => `${leads(count)} selected`,
  selectAll: (count: number) => `Select all ${leads(count)} of this list`,
  selectNone: 'Clear the selection',
  kinds: { assign: 'Assign', status: 'Set status', campaign: 'Set campaign' },
  choose: 'Choose …',
  count: 'Count the leads',
  willChange: (count: number) =>
    `${leads(count)} will be changed. Leads that are so already stay as they are. This cannot be undone.`,
  change: (count: number) => `Change ${leads(count)}`,
  progress: (changed: number, unchanged: number, refused: number) =>
    `Changed: ${changed}. Were so already: ${unchanged}. Refused: ${refused}.`,
}
