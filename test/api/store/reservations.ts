import type { Reservation } from '../../../api/core/onboarding/extensions.ts'

/** A reservation good in every way; tests name what is different. */
export function newReservation(
  email = 'anna@example.org',
  difference: Partial<Reservation> = {},
): Reservation {
  return {
    user: { username: email, email, role: 'user', passwordHash: '$argon2id$…' },
    invitation: undefined,
    mark: `mark-${email.split('@')[0]}`,
    seal: (extension) => `sealed for ${extension}`,
    range: { first: '2000', last: '2199' },
    now: 1_000,
    nextTryAt: 1_010,
    ...difference,
  }
}
