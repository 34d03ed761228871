import type { NumberVariants } from '../../dial-policy/number-variants.ts'
import { Refusal } from '../../refusal.ts'
import type { Lead } from './lead.ts'
import type { BatchLeads, BatchResult, ImportIssue, ImportOptions } from './lead-import.ts'
import { applyInput, type LeadInput, type NumberNormalizer, newLead, type Ownership } from './lead-input.ts'

/** A row with checked agent and campaign, or the reason why it is rejected. */
export type ValidatedRow =
  | {
      line: number
      input: LeadInput
      variants: NumberVariants
      /** Undefined: the default owner of the import. */
      owner: Ownership | undefined
      /** Header of the column that the number came from. */
      phoneHeader: string | null
      warnings: readonly ImportIssue[]
    }
  | { line: number; error: ImportIssue }

/**
 * Imports some rows of a list.
 * @param seen number -> the line where it first stands; the numbers of these rows are added
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
    // Newest first, so that the oldest lead of a number is set last and wins.
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
      // A lead may be stored in the form that was valid before a country was configured.
      const number = variants.find((one) => existing.has(one)) ?? variants[0]
      const earlierLine = seen.get(variants[0])
      // A dry run stores no leads that later rows could find.
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

  /** @param lead undefined in a dry run, if an earlier row would have added it */
  async function update(lead: Lead | undefined, input: LeadInput, owner: Partial<Ownership>) {
    if (lead === undefined) return
    const decide = (one: Lead) => applyInput(one, input, owner, policy)
    if (dryRun) decide(lead)
    else existing.set(lead.number, await leads.change(lead.id, scope, decide))
  }
}

const describeDuplicate = (earlierLine: number | undefined) =>
  earlierLine === undefined
    ? 'the number is a lead’s already'
    : `the number is on line ${earlierLine} already`
