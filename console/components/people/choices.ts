import { type Contact, filterContacts, isDialable } from './directory.ts'

const MAX_SHOWN = 30
const NUMBER = /^[+\d*#][\d\s().*#-]*$/

/** Whom a call goes to; the name is empty for a number that was typed. */
export interface Picked {
  number: string
  name: string
}

/** What a query can mean: people, and the number itself where it is one. @param except an extension that is not offered */
export function choicesOf(contacts: readonly Contact[], query: string, except?: string): Picked[] {
  const people = filterContacts(contacts, query)
    .filter(({ extension }) => extension !== except && isDialable(extension))
    .slice(0, MAX_SHOWN)
    .map(({ extension, name }) => ({ number: extension, name }))
  const number = query.trim()
  const isOther = NUMBER.test(number) && !people.some((one) => one.number === number)
  return isOther ? [...people, { number, name: '' }] : people
}
