import { choicesOf } from '../../components/people/choices.ts'
import type { Contact } from '../../components/people/directory.ts'

/**
 * What to dial for a text: a number as it stands, without its separators, or the extension of the one person that the text
 * means.
 * @returns undefined if the text means neither or several
 */
export function numberFor(text: string, contacts: readonly Contact[]): string | undefined {
  const choices = choicesOf(contacts, text)
  const typed = choices.find(({ number, name }) => name === '' || number === text.trim())
  if (typed !== undefined) return typed.number.replace(/[\s().-]/g, '')
  const wanted = text.trim().toLowerCase()
  const exact = choices.filter(({ name }) => name.toLowerCase() === wanted)
  if (exact.length === 1) return exact[0]?.number
  return choices.length === 1 ? choices[0]?.number : undefined
}
