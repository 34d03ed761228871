import type { Wire } from '../../api/client.ts'

export type Desk = Wire<'Desk'>
export type Lead = NonNullable<Desk['lead']>
export type Callback = NonNullable<Wire<'Callback'>>

/** The call that notes and outcome are written about now. */
export interface Subject {
  callId: string
  leadId: string
  name: string
}

export function subjectOf({ lead, wrap_up, call }: Desk): Subject | undefined {
  const callId = wrap_up?.call_id ?? call?.id
  return lead === null || callId === undefined ? undefined : { callId, leadId: lead.id, name: lead.name }
}
