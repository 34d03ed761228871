import { useQueryClient } from '@tanstack/react-query'
import { ApiError, dataOf } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { replaceLead } from '../use-leads.ts'
import {
  type Conflict,
  type CrmLead,
  type Draft,
  draftOf,
  mergeDrafts,
  toListedLead,
  toPatch,
} from './draft.ts'

/** A lead as it was read, and what it shall be. */
export interface Edit {
  id: number
  version: number
  base: Draft
  mine: Draft
}

/** Another user was faster, and changed the same members. */
export interface MergeNeeded {
  edit: Edit
  conflicts: readonly Conflict[]
}

/** How often another user may be faster before it is given up. */
const MAX_TRIES = 3

/**
 * Saves an edit. After a change of another user, what only one of both has changed is merged.
 * @returns the stored lead, or what the user has to decide
 */
export function useSaveLead(): (edit: Edit) => Promise<{ saved: CrmLead } | { merge: MergeNeeded }> {
  const { api } = useConsole()
  const queries = useQueryClient()
  const put = ({ id, version, base, mine }: Edit) =>
    dataOf(
      api.PUT('/api/leads/{id}', {
        params: { path: { id: String(id) }, header: { 'if-match': `"${version}"` } },
        body: toPatch(base, mine),
      }),
    )
  return async (edit) => {
    let current = edit
    for (let tries = 1; ; tries += 1) {
      try {
        const saved = await put(current)
        replaceLead(queries, toListedLead(saved))
        void queries.invalidateQueries({ queryKey: ['lead', saved.id] })
        return { saved }
      } catch (err) {
        if (!(err instanceof ApiError) || err.status !== 412 || tries === MAX_TRIES) throw err
      }
      const path = { id: String(edit.id) }
      const lead = await dataOf(api.GET('/api/leads/{id}', { params: { path } }))
      const theirs = draftOf(lead)
      const { merged, conflicts } = mergeDrafts(current.base, current.mine, theirs)
      current = { id: edit.id, version: lead.version, base: theirs, mine: merged }
      if (conflicts.length > 0) return { merge: { edit: current, conflicts } }
    }
  }
}
