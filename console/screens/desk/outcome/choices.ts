import { namedResults } from '../../../components/call-center/named-results.ts'
import type { Desk } from '../wire.ts'

type Outcome = NonNullable<Desk['campaign']>['dispositions'][number]
export type Choice = Pick<Outcome, 'key' | 'name' | 'effect'>
type DefaultKey = keyof typeof DEFAULT_EFFECTS

/** Of calls outside of campaigns, by key. */
const DEFAULT_EFFECTS = {
  1: 'done',
  2: 'done',
  3: 'done',
  4: 'callback',
  5: 'retry',
  6: 'done',
  7: 'done',
  9: 'do_not_call',
} as const
export type DefaultNames = Record<DefaultKey, string>

/** What may be chosen for the call, by key; the usual ones have names in the user’s language. */
export function outcomesOf(campaign: Desk['campaign'], names: DefaultNames): Choice[] {
  if (campaign === null)
    return Object.entries(DEFAULT_EFFECTS).map(([key, effect]) => ({
      key: key as Outcome['key'],
      name: names[key as `${DefaultKey}`],
      effect,
    }))
  const all = [...campaign.dispositions].sort((a, b) => a.key.localeCompare(b.key))
  return campaign.has_default_dispositions ? namedResults(all, names) : all
}
