import { plural } from '../../../i18n/plural.ts'

const leads = (count: number, isExact: boolean) =>
  (isExact ? '' : 'at least ') + plural('en', count, { one: '# lead', other: '# leads' })

export const messages = {
  title: 'Change the selected leads',
  selected: (count: number, isExact: boolean) => `Selected: ${leads(count, isExact)}`,
  selectAll: (count: number, isExact: boolean) => `Select the whole list: ${leads(count, isExact)}`,
  selectNone: 'Clear the selection',
  kinds: { assign: 'Assign', status: 'Set status', campaign: 'Set campaign' },
  choose: 'Choose …',
  count: 'Count the leads',
  willChange: (count: number, isExact: boolean) =>
    `This changes ${leads(count, isExact)}. Leads that are so already stay as they are. This cannot be undone.`,
  change: (count: number, isExact: boolean) => `Change ${leads(count, isExact)}`,
  progress: (changed: number, unchanged: number, refused: number) =>
    `Changed: ${changed}. Were so already: ${unchanged}. Refused: ${refused}.`,
}
