import { Refusal } from '../refusal.ts'

/** Who may create an account: any client, a client with an invitation, or administrators only. */
export const REGISTRATION_MODES = ['open', 'invitation', 'closed'] as const
export type RegistrationMode = (typeof REGISTRATION_MODES)[number]

/** @throws {Refusal} `forbidden` if only administrators create accounts */
export function requireNotClosed(mode: RegistrationMode, detail = 'Registration is closed'): void {
  if (mode === 'closed') throw new Refusal('forbidden', { detail })
}

/** @throws {Refusal} `forbidden` unless any client may register; the detail names the way to an account */
export function requireOpen(mode: RegistrationMode): void {
  requireNotClosed(mode, 'Registration is closed: ask an administrator for an account')
  if (mode === 'open') return
  throw new Refusal('forbidden', {
    detail: 'Registration is by invitation: ask an administrator for one',
  })
}
