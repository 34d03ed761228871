/** The leads that a bulk change is for: some by their ids, or all that match the filter. */
export interface Selection {
  ids: ReadonlySet<number>
  isAll: boolean
  count: number
}

export const NOTHING_SELECTED: Selection = { ids: new Set(), isAll: false, count: 0 }

export const selectAll = (total: number): Selection => ({ ids: new Set(), isAll: true, count: total })

export const isSelected = ({ ids, isAll }: Selection, id: number): boolean => isAll || ids.has(id)

/** Adds a lead, or removes it. After `selectAll`, it begins anew: a filter has no exceptions. */
export function toggle({ ids, isAll }: Selection, id: number): Selection {
  if (isAll) return NOTHING_SELECTED
  const next = new Set(ids)
  if (!next.delete(id)) next.add(id)
  return { ids: next, isAll: false, count: next.size }
}
