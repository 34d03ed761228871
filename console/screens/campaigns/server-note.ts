/** What a note of the server is about, so far as its form shows it; the text is English and for people. */
export interface ServerNote {
  /** `denial`: rules refused the number of a lead. `outage`: calls failed in a row before a phone outside rang. */
  kind: 'denial' | 'outage' | undefined
  /** The lead that it names. */
  leadId: string | undefined
}

export function readServerNote(note: string): ServerNote {
  const leadId = /^lead (\d{1,15}) cannot be called: /.exec(note)?.[1]
  if (leadId !== undefined) return { kind: 'denial', leadId }
  const isOutage =
    /^(?:\d+ calls in a row failed before a phone outside rang|the PBX knew none of \d+ numbers in a row)/
  return { kind: isOutage.test(note) ? 'outage' : undefined, leadId }
}
