import type { Transaction } from 'kysely'
import type { NewFactor, RequiresFactor } from '../../../core/auth/second-factor/factor-store.ts'
import { Refusal } from '../../../core/refusal.ts'
import type { Database } from '../database.ts'
import type { Tables } from '../tables.ts'

type FactorTable = 'totp_secrets' | 'passkeys' | 'recovery_codes'

export async function countIn(query: Database['query'], table: FactorTable, key: number): Promise<number> {
  const { count } = await query
    .selectFrom(table)
    .select((of) => of.fn.countAll<number>().as('count'))
    .where('user_id', '=', key)
    .executeTakeFirstOrThrow()
  return count
}

/** Without recovery codes, which are no factor. Call it once the user is locked. */
export async function countFactors(trx: Transaction<Tables>, key: number): Promise<number> {
  const totp = await trx
    .selectFrom('totp_secrets')
    .select('user_id')
    .where('user_id', '=', key)
    .where('confirmed', '=', 1)
    .execute()
  return totp.length + (await countIn(trx, 'passkeys', key))
}

/** @throws {Refusal} `conflict` */
export async function requireNoFactor(trx: Transaction<Tables>, key: number): Promise<void> {
  if ((await countFactors(trx, key)) > 0)
    throw new Refusal('conflict', { detail: 'the account has a second factor now: sign in again' })
}

/** @returns whether there were none */
export async function addFirstRecoveryCodes(
  trx: Transaction<Tables>,
  key: number,
  { recoveryHashes }: Pick<NewFactor, 'recoveryHashes'>,
): Promise<boolean> {
  if ((await countIn(trx, 'recovery_codes', key)) > 0) return false
  await insertRecoveryCodes(trx, key, recoveryHashes)
  return true
}

/** Recovery codes without a factor would be of no use. @throws {Refusal} `conflict` */
export async function afterRemoval(
  trx: Transaction<Tables>,
  key: number,
  isRequired: ReturnType<RequiresFactor>,
): Promise<void> {
  if ((await countFactors(trx, key)) > 0) return
  if (isRequired)
    throw new Refusal('conflict', {
      detail: 'your role must have a second factor, and this is the last one: add another one first',
    })
  await trx.deleteFrom('recovery_codes').where('user_id', '=', key).execute()
}

export async function insertRecoveryCodes(
  trx: Transaction<Tables>,
  key: number,
  hashes: readonly string[],
): Promise<void> {
  await trx
    .insertInto('recovery_codes')
    .values(hashes.map((hash) => ({ user_id: key, code_hash: hash })))
    .execute()
}
