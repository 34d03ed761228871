import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { ImportWish } from '../../core/leads/create-imports.ts'
import { type BadRow, DUPLICATES, type LeadImport } from '../../core/leads/lead-import.ts'
import { Refusal } from '../../core/refusal.ts'
import { atMost } from '../body-limit.ts'
import { Time } from '../openapi.ts'
import { IdText, idOf, iso, ShownId } from './request.ts'
import { loud } from './wire.ts'

export const ImportQuery = z.object({
  campaignId: IdText.optional().openapi({ description: 'For rows that name none' }),
  assignedAgentId: IdText.optional().openapi({ description: 'For rows that name none' }),
  duplicates: z.enum(DUPLICATES).default('skip').openapi({
    description: 'Rows whose number is a lead’s that you see: leave out, change that lead, or add another',
  }),
  dryRun: z
    .stringbool()
    .default(false)
    .openapi({ type: 'boolean', description: 'Tell what would become of it, and change nothing' }),
})

export const ShownImport = z
  .object({
    id: ShownId,
    state: z.enum(['RUNNING', 'DONE', 'FAILED']),
    dryRun: z.boolean(),
    totalRows: z.int(),
    doneRows: z.int(),
    added: z.int(),
    updated: z.int(),
    skipped: z.int(),
    refused: z.int(),
    badRows: z
      .array(z.object({ line: z.int(), reason: z.string() }))
      .openapi({ description: 'The first 1000' }),
    createdAt: Time,
    updatedAt: Time,
  })
  .openapi('CrmLeadImport')

export const importWish = (asked: z.infer<typeof ImportQuery>): ImportWish => ({
  campaignId: asked.campaignId ?? null,
  agentId: asked.assignedAgentId ?? null,
  duplicates: asked.duplicates,
  dryRun: asked.dryRun,
})

export const shownImport = (
  job: LeadImport,
  badRows: readonly BadRow[] = [],
): z.infer<typeof ShownImport> => ({
  id: idOf(job.id),
  state: loud(job.state),
  dryRun: job.order.dryRun,
  totalRows: job.total,
  doneRows: job.done,
  added: job.added,
  updated: job.updated,
  skipped: job.skipped,
  refused: job.refused,
  badRows: [...badRows],
  createdAt: iso(job.createdAt),
  updatedAt: iso(job.updatedAt),
})

/** nginx lets as much through. */
const atMostAList = atMost(33_554_432)

/**
 * @throws {Refusal} `input_invalid` for what is no text in UTF-8, says that it is something else, or breaks off;
 *   `input_too_large`
 */
export async function readCsv(c: Context): Promise<string> {
  const [, charset = 'utf-8'] =
    /^text\/csv\b(?:.*;\s*charset="?([\w-]+))?/i.exec(c.req.header('content-type') ?? '') ??
    fail('Content-Type must be text/csv')
  if (!/^utf-?8$/i.test(charset)) fail('the list is taken in UTF-8')
  const bytes = await bytesOf(c)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    fail('the list is not in UTF-8')
  }
}

async function bytesOf(c: Context): Promise<ArrayBuffer> {
  try {
    await atMostAList(c, async () => {})
    return await c.req.arrayBuffer()
  } catch (err) {
    if (err instanceof Refusal) throw err
    // nginx hands it on as it comes: whoever sends it may be gone before its end.
    return fail('the list did not come whole')
  }
}

function fail(detail: string): never {
  throw new Refusal('input_invalid', { detail })
}
