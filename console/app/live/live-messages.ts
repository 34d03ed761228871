import type { Wire } from '../../api/client.ts'

/** One extension or queue of `users-state`: docs/surfaces/softphone.md. */
export interface PresenceOf {
  state: 'Idle' | 'Ringing' | 'Ring' | 'Up' | 'Busy' | 'OnHold' | 'Unavailable'
  name: string
  channels?: Record<string, { number: string; direction: 'incoming' | 'outgoing' }>
  isQueue?: true
  status?: 'available' | 'away' | 'dnd' | 'offline'
  online?: boolean
}
export type Presence = Readonly<Record<string, PresenceOf>>
export type LiveCall = Wire<'Call'>
/** What my softphone is asked to do. */
export interface PhoneCommand {
  type: 'command'
  command: 'answer' | 'hold' | 'unhold'
  call_id: string
  expires_at: string
}
