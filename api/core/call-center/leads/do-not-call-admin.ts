import { toUnixSeconds } from '../../../../runtime/time.ts'
import type { ChangedBy } from '../../auth/account-admin.ts'
import type { SecurityLog } from '../../auth/security-log.ts'
import type { DialPolicy } from '../../dial-policy/dial-policy.ts'
import type { NumberVariants } from '../../dial-policy/number-variants.ts'
import { Refusal } from '../../refusal.ts'
import type { DoNotCall, DoNotCallFilter, ListedNumber } from './do-not-call.ts'

export const EMERGENCY_NEVER_LISTED = 'an emergency number is never on the list'

/** What an administrator does with the list, over HTTP or on the command line. The security log gets each change. */
export interface DoNotCallAdmin {
  /**
   * Adds all or none. A number that is listed in any spelling stays as it is.
   * @returns how many are new
   * @throws {Refusal} `input_invalid` for what is no number, and for an emergency number
   */
  add(numbers: readonly string[], reason: string, by: ChangedBy): Promise<number>
  /** The same for numbers that were read from a file and checked. */
  addChecked(numbers: readonly NumberVariants[], reason: string, by: ChangedBy): Promise<number>
  /** @throws {Refusal} `input_invalid`, `not_found` if it is not listed in any spelling */
  remove(number: string, by: ChangedBy): Promise<void>
  /** The entry of a number, in any spelling. */
  find(number: string): Promise<ListedNumber | undefined>
  /** @param text part of a number, in any spelling, or of a reason */
  list(
    text: string | undefined,
    page: { after?: string; limit: number },
  ): Promise<{ numbers: ListedNumber[]; total: number }>
}

export interface DoNotCallAdminNeeds {
  store: DoNotCall
  policy: () => Pick<DialPolicy, 'variants' | 'reservedKind' | 'prefixes'>
  securityLog: SecurityLog
  now: () => number
}

export function createDoNotCallAdmin({
  store,
  policy,
  securityLog,
  now,
}: DoNotCallAdminNeeds): DoNotCallAdmin {
  /** @throws {Refusal} `input_invalid` */
  function variantsOf(text: string): NumberVariants {
    try {
      return policy().variants(text)
    } catch (err) {
      if (!(err instanceof Refusal)) throw err
      throw new Refusal('input_invalid', { detail: `${JSON.stringify(text)} is no number: ${err.detail}` })
    }
  }

  async function addChecked(numbers: readonly NumberVariants[], reason: string, by: ChangedBy) {
    const added = await store.add(numbers, reason, toUnixSeconds(now()))
    const [first] = numbers
    const target = numbers.length === 1 && first ? first[0] : `${numbers.length} numbers`
    if (added > 0) securityLog.write({ event: 'do_not_call_added', target, ...by })
    return added
  }

  return {
    addChecked,
    async add(texts, reason, by) {
      const numbers = texts.map(variantsOf)
      for (const [at, [number]] of numbers.entries()) {
        if (policy().reservedKind(number) !== 'emergency') continue
        throw new Refusal('input_invalid', {
          detail: `${JSON.stringify(texts[at])}: ${EMERGENCY_NEVER_LISTED}`,
        })
      }
      return addChecked(numbers, reason, by)
    },
    async remove(text, by) {
      const variants = variantsOf(text)
      if (!(await store.remove(variants)))
        throw new Refusal('not_found', { detail: `${variants[0]} is not on the list` })
      securityLog.write({ event: 'do_not_call_removed', target: variants[0], ...by })
    },
    find: (text) => store.find(variantsOf(text)),
    async list(text, page) {
      const filter = text === undefined ? undefined : toFilter(text, policy())
      const [numbers, total] = await Promise.all([
        store.list({ ...page, ...(filter && { filter }) }),
        store.count(filter),
      ])
      return { numbers, total }
    },
  }
}

/** Fewer digits are in nearly every number. */
const MIN_DIGITS = 3

function toFilter(text: string, { prefixes }: Pick<DialPolicy, 'prefixes'>): DoNotCallFilter {
  const digits = text.replace(/\D/g, '')
  const isNumber = digits.length >= MIN_DIGITS && !/\p{L}/u.test(text)
  return { reason: text, digits: isNumber ? digits : undefined, prefixes: isNumber ? prefixesOf() : [] }

  function prefixesOf() {
    try {
      return prefixes(text).map(({ prefix }) => prefix)
    } catch (err) {
      if (err instanceof Refusal) return []
      throw err
    }
  }
}
