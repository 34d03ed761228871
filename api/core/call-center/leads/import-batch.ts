import type { NumberVariants } from '../../dial-policy/number-variants.ts'
import { Refusal } from '../../refusal.ts'
import type { Lead } from './lead.ts'
import type { BatchLeads, BatchResult, ImportIssue, ImportOptions } from './lead-import.ts'
import { applyInput, type LeadInput, type NumberNormalizer, newLead, type Ownership } from './lead-input.ts'

/** A row whose agent and campaign were looked at: what it says, and whose it becomes; or why not. */
export type ValidatedRow =
  | {
      line: number
      input: LeadInput
      /** Of its number. */
      variants: NumberVariants
      owner: Ownership | undefined
      /** The header of its number. */
      phoneHeader: string | null
      warnings: readonly ImportIssue[]
    }
  | { line: number; error: ImportIssue }

/**
 * Deals with some rows of a list.
 * @param seen the lines on which numbers came first; those of these rows are added
 */
export async function importRows(
  leads: BatchLeads,
  rows: readonly ValidatedRow[],
  { duplicates, dryRun, owner: defaultOwner, scope }: ImportOptions,
  { policy, seen }: { policy: NumberNormalizer; seen: Map<string, number> },
): Promise<BatchResult> {
  const counts = { rows: rows.length, added: 0, updated: 0, skipped: 0 }
  const errors: ImportIssue[] = []
  const warnings: ImportIssue[] = []
  const numbers = rows.flatMap((row) => ('variants' in row ? row.variants : []))
  const existing = new Map<string, Lead>()
  if (duplicates !== 'add') {
    // The oldest of each number is the last, and stays.
    for (const lead of (await leads.findByNumber(numbers, scope)).reverse()) existing.set(lead.number, lead)
  }
  const pendingLeads: ReturnType<typeof newLead>[] = []
  const pendingNumbers = new Set<string>()
  async function flush() {
    const added = dryRun ? [] : await leads.add(pendingLeads)
    for (const lead of added) existing.set(lead.number, lead)
    pendingLeads.length = 0
    pendingNumbers.clear()
  }

  for (const row of rows) {
    if ('error' in row) {
      errors.push(row.error)
      continue
    }
    try {
      const { line, variants, input, owner, phoneHeader } = row
      // A lead may be stored as it was spelled before a country was set.
      const number = variants.find((one) => existing.has(one)) ?? variants[0]
      const earlierLine = seen.get(variants[0])
      // A dry run leaves no leads behind for the rows below.
      const exists =
        existing.has(number) || pendingNumbers.has(number) || (dryRun && earlierLine !== undefined)
      if (duplicates === 'add' || !exists) {
        pendingLeads.push(newLead(input, owner ?? defaultOwner, policy))
        pendingNumbers.add(number)
        counts.added += 1
      } else if (duplicates === 'skip') {
        warnings.push({
          line,
          column: phoneHeader,
          reason: `the row is left out: ${describeDuplicate(earlierLine)}`,
        })
        counts.skipped += 1
      } else {
        if (pendingNumbers.has(number)) await flush()
        await update(existing.get(number), input, owner ?? {})
        if (earlierLine !== undefined) {
          warnings.push({
            line,
            column: phoneHeader,
            reason: `the lead is changed again: ${describeDuplicate(earlierLine)}`,
          })
        }
        counts.updated += 1
      }
      if (earlierLine === undefined) seen.set(variants[0], line)
      warnings.push(...row.warnings)
    } catch (err) {
      if (!(err instanceof Refusal) || err.code === 'unavailable') throw err
      errors.push({ line: row.line, column: null, reason: err.detail ?? err.code })
    }
  }
  await flush()
  return { ...counts, errors, warnings }

  /** Undefined for one that a dry run has not added. */
  async function update(lead: Lead | undefined, wish: LeadInput, owner: Partial<Ownership>) {
    if (lead === undefined) return
    const decide = (one: Lead) => applyInput(one, wish, owner, policy)
    if (dryRun) decide(lead)
    else existing.set(lead.number, await leads.change(lead.id, scope, decide))
  }
}

const describeDuplicate = (above: number | undefined) =>
  above === undefined ? 'the number is a lead’s already' : `the number is on line ${above} already`
