/** Why a session of this browser is over. `ended`: the server gave no reason. */
const END_REASONS = [
  'ended',
  'ended_by_user',
  'ended_by_admin',
  'password',
  'changed',
  'disabled',
  'expired',
  'ended_by_provider',
  'token_reuse',
] as const
/** Why the sign-in page is shown. `none`: there was no session; `signed_out`: the user has signed out in this browser. */
export type SignOutReason = 'none' | 'signed_out' | (typeof END_REASONS)[number]

/** @param reason of the server: docs/surfaces/mikopbx.md */
export function toEndReason(reason: string | null): SignOutReason {
  if (reason === 'idle') return 'expired'
  // A logout of this browser is known without the server.
  if (reason === 'logout') return 'ended_by_user'
  return END_REASONS.find((one) => one === reason) ?? 'ended'
}
