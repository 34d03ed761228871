/** The status of a lead, on each screen. */
export const leadStatuses = {
  new: 'New',
  contacted: 'Contacted',
  qualified: 'Qualified',
  converted: 'Converted',
  lost: 'Lost',
  do_not_call: 'Do not call',
}

/** The usual results of a call, by key. */
export const defaultResults = {
  1: 'Qualified',
  2: 'Reached',
  3: 'Not interested',
  4: 'Callback',
  5: 'Try again',
  6: 'Wrong number',
  7: 'Converted',
  9: 'Do not call',
}
