import type { Wire } from '../../api/client.ts'

export type PastCall = Wire<'PastCall'>
type Party = PastCall['from']

export interface Viewer {
  userId: string
  extension: string | undefined
}

/** What a call is for the one who reads the list. */
export interface Sides {
  /** The other end; undefined for a call of other people. */
  other: Party | undefined
  kind: 'incoming' | 'outgoing' | 'missed' | 'others'
  /** Whom calling back calls. */
  callBack: Party
}

export function sidesOf(call: PastCall, { userId, extension }: Viewer): Sides {
  const isOutgoing = call.from.number === extension && extension !== undefined
  const callBack = isOutgoing ? call.to : call.from
  const isMine = isOutgoing || call.parties.some((party) => party.user_id === userId)
  if (!isMine) return { other: undefined, kind: 'others', callBack }
  return { other: callBack, kind: call.missed ? 'missed' : isOutgoing ? 'outgoing' : 'incoming', callBack }
}

/** A name if there is one, else the number, else that there is none. */
export const labelOf = ({ name, number }: Party, withheld: string): string => name || number || withheld
