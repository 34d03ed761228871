import type { ExpressionBuilder, ExpressionWrapper, Kysely, Selectable, SqlBool, Transaction } from 'kysely'
import { Refusal } from '../../../core/refusal.ts'
import type { Invitation, InvitationStore } from '../../../core/registration/invitations.ts'
import { normalizeName } from '../../../core/values/account-names.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import type { InvitationsTable, Tables } from '../tables.ts'

export function createInvitationStore(db: Database): InvitationStore {
  return {
    add: (invitation) => insertInvitation(db.query, invitation),
    async isValidFor(hash, email, now) {
      const row = await db.query
        .selectFrom('invitations')
        .select('hash')
        .where(isValidFor(hash, email, now))
        .executeTakeFirst()
      return row !== undefined
    },
  }
}

/** @param query the database or a transaction */
export async function insertInvitation(
  query: Kysely<Tables>,
  { id, hash, email, role, team, extension, createdBy, createdAt, expiresAt, usedAt }: Invitation,
): Promise<void> {
  await query
    .insertInto('invitations')
    .values({
      hash,
      id,
      extension,
      email_folded: email === null ? null : normalizeName(email),
      role,
      team,
      created_by: createdBy === null ? null : (rowId(createdBy) ?? null),
      created_at: createdAt,
      expires_at: expiresAt,
      used_at: usedAt,
      used_by: null,
    })
    .execute()
}

export function toInvitation(row: Selectable<InvitationsTable>): Invitation {
  return {
    id: row.id,
    hash: row.hash,
    email: row.email_folded,
    role: row.role,
    team: row.team,
    extension: row.extension,
    createdBy: row.created_by === null ? null : String(row.created_by),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    usedAt: row.used_at,
  }
}

/** @returns false if the invitation is not valid for the address; of two concurrent calls one succeeds */
export async function consumeInvitation(
  trx: Transaction<Tables>,
  hash: string,
  email: string,
  by: { userId: number; now: number },
): Promise<boolean> {
  const row = await trx
    .updateTable('invitations')
    .set({ used_at: by.now, used_by: by.userId })
    .where(isValidFor(hash, email, by.now))
    .returning('hash')
    .executeTakeFirst()
  return row !== undefined
}

/**
 * An open invitation reserves its address: no other registration may use it, neither as address nor as username.
 * @param own hash of the invitation that is used now
 * @throws {Refusal} `taken`; `detail` is `email` or `username`
 */
export async function requireNotInvited(
  trx: Transaction<Tables>,
  { username, email }: { username: string; email?: string | null | undefined },
  now: number,
  own?: string,
): Promise<void> {
  const names = { email: email ? normalizeName(email) : undefined, username: normalizeName(username) }
  const rows = await trx
    .selectFrom('invitations')
    .select(['hash', 'email_folded'])
    .where(
      'email_folded',
      'in',
      [...new Set(Object.values(names))].filter((name) => name !== undefined),
    )
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .execute()
  const isOwn = (address: string | null) =>
    own !== undefined && rows.some((row) => row.hash === own && row.email_folded === address)
  const other = rows.find((row) => !isOwn(row.email_folded))
  if (other === undefined) return
  throw new Refusal('taken', { detail: other.email_folded === names.email ? 'email' : 'username' })
}

/** Makes the invitation of a removed user usable again. */
export async function restoreInvitation(trx: Transaction<Tables>, userId: number): Promise<void> {
  await trx
    .updateTable('invitations')
    .set({ used_at: null, used_by: null })
    .where('used_by', '=', userId)
    .execute()
}

type InvitationCondition = (
  is: ExpressionBuilder<Tables, 'invitations'>,
) => ExpressionWrapper<Tables, 'invitations', SqlBool>

/** Unused and unexpired, and its maker may still give the role. */
export const isUsable =
  (hash: string, now: number): InvitationCondition =>
  (is) =>
    is.and([is('hash', '=', hash), is('used_at', 'is', null), is('expires_at', '>', now), mayBeGiven(is)])

/** A person who lost their rights, or their account, comes back by no invitation of their own. */
const mayBeGiven: InvitationCondition = (is) =>
  is.or([
    is('invitations.role', 'is', null),
    is('invitations.role', '=', 'user'),
    // Made at the command line.
    is('invitations.created_by', 'is', null),
    is.exists(
      is
        .selectFrom('users')
        .select('users.id')
        .whereRef('users.id', '=', 'invitations.created_by')
        .where('users.disabled', '=', 0)
        .where((user) =>
          user.or([user('users.role', '=', 'admin'), user('users.role', '=', user.ref('invitations.role'))]),
        ),
    ),
  ])

/** Usable, and either for any address or for this one. */
const isValidFor =
  (hash: string, email: string, now: number): InvitationCondition =>
  (is) =>
    is.and([
      isUsable(hash, now)(is),
      is.or([is('email_folded', 'is', null), is('email_folded', '=', normalizeName(email))]),
    ])
