import pg from 'pg'
import { Refusal } from '../../core/refusal.ts'

/** A unique constraint failed. The store decides what that means. */
export class UniqueViolation extends Error {
  constructor(cause: unknown) {
    super('a row like this exists', { cause })
    this.name = 'UniqueViolation'
  }
}

/**
 * Maps an engine's error to one that both engines share: `Refusal('unavailable')` when the storage is unreachable, full
 * or locked, `UniqueViolation`, or else the error itself, which is a bug.
 */
export function mapSqliteError(error: unknown): unknown {
  if (error instanceof Refusal) return error
  if (matches(error, unique)) return new UniqueViolation(error)
  if (unavailablePatterns.some((pattern) => matches(error, pattern)) || isFileSystemError(error))
    return storageUnavailable(error)
  return error
}

/** Another process holds the lock; the statement did nothing and can be retried. */
export function isBusy(error: unknown): boolean {
  return matches(error, busy)
}

/** As `mapSqliteError`. An error without an SQLSTATE is a failure of the connection. */
export function mapPostgresError(error: unknown): unknown {
  if (error instanceof Refusal) return error
  if (!(error instanceof pg.DatabaseError)) return storageUnavailable(error)
  if (error.code === '23505') return new UniqueViolation(error)
  return unavailableSqlStates.test(error.code ?? '') ? storageUnavailable(error) : error
}

/** `unavailable`, of the database alone: other systems may be away as well. */
export class StorageUnavailable extends Refusal {
  constructor(cause: unknown) {
    super('unavailable', { retryAfter: 2, cause })
  }
}

export const storageUnavailable = (cause: unknown): Refusal => new StorageUnavailable(cause)

/**
 * SQLSTATE, PostgreSQL 15 appendix A. 08 connection, 25006 read-only after a failover, 25P03 idle in
 * transaction, 28 login, 3D no such database, 40 deadlock, 53 disk or memory full, 55P03 lock timeout,
 * 57 stopped, starting or cancelled by timeout, 58 I/O.
 */
const unavailableSqlStates = /^(?:08|25006|25P03|28|3D|40|53|55P03|57|58)/

/** Primary result code and its text (sqlite.org/rescode.html): some calls of the driver give only the text. */
type SqliteErrorPattern = readonly [codes: readonly number[], text: string]

const unique: SqliteErrorPattern = [[2067, 1555], 'UNIQUE constraint failed']
const busy: SqliteErrorPattern = [[5], 'database is locked']
const unavailablePatterns: readonly SqliteErrorPattern[] = [
  busy,
  [[6], 'database table is locked'],
  [[7], 'out of memory'],
  [[8], 'attempt to write a readonly database'],
  [[10], 'disk I/O error'],
  [[11], 'database disk image is malformed'],
  [[13], 'database or disk is full'],
  [[14], 'unable to open database file'],
  [[15], 'locking protocol'],
  [[26], 'file is not a database'],
]

function matches(error: unknown, [codes, text]: SqliteErrorPattern): boolean {
  if (!(error instanceof Error)) return false
  const code = 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : undefined
  if (code === undefined) return error.message.startsWith(text)
  return codes.includes(code) || codes.includes(code & 0xff)
}

/** Such as ENOSPC or EACCES: the file could not be created. */
function isFileSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}
