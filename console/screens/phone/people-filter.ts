import type { Presence, PresenceOf } from '../../app/live/live.ts'

export interface PersonOption {
  extension: string
  name: string
  state: PresenceOf['state']
}

const MAX_OPTIONS = 8

/** People who fit a text: its beginning of an extension, or of any word of a name. A text that is a number as a whole goes first. */
export function filterPeople(presence: Presence | undefined, text: string, own?: string): PersonOption[] {
  const wanted = text.trim().toLocaleLowerCase()
  if (wanted === '') return []
  const fits = ({ extension, name }: PersonOption) =>
    extension.startsWith(wanted) ||
    name
      .toLocaleLowerCase()
      .split(/\s+/)
      .some((word) => word.startsWith(wanted)) ||
    name.toLocaleLowerCase().startsWith(wanted)
  return Object.entries(presence ?? {})
    .filter(([extension, { isQueue }]) => isQueue !== true && extension !== own)
    .map(([extension, { name, state }]) => ({ extension, name, state }))
    .filter(fits)
    .sort(
      (a, b) =>
        Number(b.extension === wanted) - Number(a.extension === wanted) || a.name.localeCompare(b.name),
    )
    .slice(0, MAX_OPTIONS)
}

/**
 * What to dial for a text: a number as it stands, or the extension of the one option.
 * @returns undefined if the text is neither
 */
export function numberFor(text: string, options: readonly PersonOption[]): string | undefined {
  const trimmed = text.trim()
  if (/^[+*#\d][\d\s().*#/-]*$/.test(trimmed)) return trimmed.replace(/[\s().-]/g, '')
  const exact = options.find(({ name }) => name.toLocaleLowerCase() === trimmed.toLocaleLowerCase())
  return exact?.extension ?? (options.length === 1 ? options[0]?.extension : undefined)
}
