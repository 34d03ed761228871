import type { Spellings } from '../dialling/spellings.ts'
import { Refusal } from '../refusal.ts'
import type { Lead } from './lead.ts'
import type { BadRow, BatchLeads, ImportOrder, Tally } from './lead-import.ts'
import { changeOf, type LeadWish, newLead, type Ownership, type Spelling } from './lead-wish.ts'

/** A row whose agent and campaign were looked at: what it says, and whose it becomes; or why not. */
export type ReadyRow =
  | { line: number; wish: LeadWish; spellings: Spellings; owner: Ownership | undefined }
  | { line: number; fault: string }

/**
 * Deals with some rows of a list.
 * @param seen numbers of rows before, for a dry run, which leaves none behind
 */
export async function workOff(
  leads: BatchLeads,
  rows: readonly ReadyRow[],
  { duplicates, dryRun, owner: nobodys, scope }: ImportOrder,
  { policy, seen }: { policy: Spelling; seen: Set<string> },
): Promise<Tally> {
  const tally = { rows: rows.length, added: 0, updated: 0, skipped: 0 }
  const bad: BadRow[] = []
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
      bad.push({ line: row.line, reason: row.fault })
      continue
    }
    try {
      const { wish, owner, spellings } = row
      // A lead may be stored as it was spelled before a country was set.
      const number = spellings.find((one) => known.has(one)) ?? spellings[0]
      const isThere =
        duplicates !== 'add' && (known.has(number) || freshNumbers.has(number) || seen.has(number))
      if (isThere && duplicates === 'skip') {
        tally.skipped += 1
      } else if (isThere) {
        if (freshNumbers.has(number)) await flush()
        await change(known.get(number), wish, owner ?? {})
        tally.updated += 1
      } else {
        fresh.push(newLead(wish, owner ?? nobodys, policy))
        freshNumbers.add(number)
        if (dryRun) seen.add(number)
        tally.added += 1
      }
    } catch (err) {
      if (!(err instanceof Refusal) || err.code === 'unavailable') throw err
      bad.push({ line: row.line, reason: err.detail ?? err.code })
    }
  }
  await flush()
  return { ...tally, bad }

  /** Undefined for one that a dry run has not added. */
  async function change(lead: Lead | undefined, wish: LeadWish, owner: Partial<Ownership>) {
    if (lead === undefined) return
    const decide = (one: Lead) => changeOf(one, wish, owner, policy)
    if (dryRun) decide(lead)
    else known.set(lead.number, await leads.change(lead.id, scope, decide))
  }
}
