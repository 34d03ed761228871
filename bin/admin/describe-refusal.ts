import type { Refusal } from '../../api/core/refusal.ts'
import { StorageUnavailable } from '../../api/store/sql/errors.ts'

/** What a refusal names as `taken`. */
const CONFLICT_LABELS: Record<string, string> = {
  username: 'name',
  extension: 'extension',
  email: 'email address',
  source: 'person of the directory',
  identity: 'person or this account’s link',
}

/** In one line, for the command line. */
export function describeRefusal(refusal: Refusal): string {
  const { code, detail } = refusal
  if (code === 'taken')
    return `that ${CONFLICT_LABELS[detail ?? ''] ?? 'name'} belongs to another user already`
  const cause = refusal.cause instanceof Error ? refusal.cause.message : undefined
  if (refusal instanceof StorageUnavailable)
    return `cannot use the database, see DATABASE_URL: ${cause ?? 'it does not answer'}`
  return detail ?? (code === 'unavailable' && cause !== undefined ? `unavailable: ${cause}` : code)
}
