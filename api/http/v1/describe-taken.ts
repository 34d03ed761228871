import { Refusal } from '../../core/refusal.ts'

const TAKEN: Readonly<Record<string, string>> = {
  username: 'username: another user has this name',
  display_name: 'display_name: another user has this name',
  email: 'email: another user has this address',
  extension:
    'extension: another user has this number, or it rests since its last user had it (`users … --reuse` of the command line gives it at once)',
}

/** Words the detail of a `taken` error for people. It names the member first, as refusals of invalid members do. */
export function describeTaken(err: unknown): never {
  if (!(err instanceof Refusal && err.code === 'taken')) throw err
  throw new Refusal('taken', { detail: TAKEN[err.detail ?? ''] ?? err.detail ?? 'taken', cause: err })
}
