import type { Spellings } from '../../dial-policy/number-variants.ts'
import { Refusal } from '../../refusal.ts'
import type { Lead } from './lead.ts'
import type { BatchLeads, ImportOrder, OddCell, Tally } from './lead-import.ts'
import { changeOf, type LeadWish, newLead, type Ownership, type Spelling } from './lead-input.ts'

/** A row whose agent and campaign were looked at: what it says, and whose it becomes; or why not. */
export type ReadyRow =
  | {
      line: number
      wish: LeadWish
      /** Of its number. */
      spellings: Spellings
      owner: Ownership | undefined
      /** The header of its number. */
      phone: string | null
      odd: readonly OddCell[]
    }
  | { line: number; fault: OddCell }

/**
 * Deals with some rows of a list.
 * @param seen the lines on which numbers came first; those of these rows are added
 */
export async function workOff(
  leads: BatchLeads,
  rows: readonly ReadyRow[],
  { duplicates, dryRun, owner: nobodys, scope }: ImportOrder,
  { policy, seen }: { policy: Spelling; seen: Map<string, number> },
): Promise<Tally> {
  const tally = { rows: rows.length, added: 0, updated: 0, skipped: 0 }
  const bad: OddCell[] = []
  const odd: OddCell[] = []
  const numbers = rows.flatMap((row) => ('spellings' in row ? row.spellings : []))
  const known = new Map<string, Lead>()
  if (duplicates !== 'add') {
    // The oldest of each number is the last, and stays.
    for (const lead of (await leads.known(numbers, scope)).reverse()) known.set(lead.number, lead)
  }
  const fresh: ReturnType<typeof newLead>[] = []
  const freshNumbers = new Set<string>()
  async function flush() {
    const added = dryRun ? [] : await leads.add(fresh)
    for (const lead of added) known.set(lead.number, lead)
    fresh.length = 0
    freshNumbers.clear()
  }

  for (const row of rows) {
    if ('fault' in row) {
      bad.push(row.fault)
      continue
    }
    try {
      const { line, spellings, wish, owner, phone } = row
      // A lead may be stored as it was spelled before a country was set.
      const number = spellings.find((one) => known.has(one)) ?? spellings[0]
      const above = seen.get(spellings[0])
      // A dry run leaves no leads behind for the rows below.
      const isThere = known.has(number) || freshNumbers.has(number) || (dryRun && above !== undefined)
      if (duplicates === 'add' || !isThere) {
        fresh.push(newLead(wish, owner ?? nobodys, policy))
        freshNumbers.add(number)
        tally.added += 1
      } else if (duplicates === 'skip') {
        odd.push({ line, column: phone, reason: `the row is left out: ${thereAlready(above)}` })
        tally.skipped += 1
      } else {
        if (freshNumbers.has(number)) await flush()
        await change(known.get(number), wish, owner ?? {})
        if (above !== undefined) {
          odd.push({ line, column: phone, reason: `the lead is changed again: ${thereAlready(above)}` })
        }
        tally.updated += 1
      }
      if (above === undefined) seen.set(spellings[0], line)
      odd.push(...row.odd)
    } catch (err) {
      if (!(err instanceof Refusal) || err.code === 'unavailable') throw err
      bad.push({ line: row.line, column: null, reason: err.detail ?? err.code })
    }
  }
  await flush()
  return { ...tally, bad, odd }

  /** Undefined for one that a dry run has not added. */
  async function change(lead: Lead | undefined, wish: LeadWish, owner: Partial<Ownership>) {
    if (lead === undefined) return
    const decide = (one: Lead) => changeOf(one, wish, owner, policy)
    if (dryRun) decide(lead)
    else known.set(lead.number, await leads.change(lead.id, scope, decide))
  }
}

const thereAlready = (above: number | undefined) =>
  above === undefined ? 'the number is a lead’s already' : `the number is on line ${above} already`
