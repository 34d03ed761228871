import type { PhoneSecretHashStore } from '../../../core/auth/phone-secret-cache.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'

export const createPhoneSecretHashStore = (db: Database): PhoneSecretHashStore => ({
  async find(userId) {
    const row = await db.query
      .selectFrom('phone_secret_hashes')
      .select(['extension', 'secret_hash'])
      .where('user_id', '=', rowId(userId) ?? 0)
      .executeTakeFirst()
    return row && { extension: row.extension, hash: row.secret_hash }
  },
  async save(userId, { extension, hash }) {
    const row = { extension, secret_hash: hash }
    await db.query
      .insertInto('phone_secret_hashes')
      .values({ user_id: rowId(userId) ?? 0, ...row })
      .onConflict((conflict) => conflict.column('user_id').doUpdateSet(row))
      .execute()
  },
  async remove(userId, hash) {
    await db.query
      .deleteFrom('phone_secret_hashes')
      .where('user_id', '=', rowId(userId) ?? 0)
      .where('secret_hash', '=', hash)
      .execute()
  },
  async removeAll() {
    await db.query.deleteFrom('phone_secret_hashes').execute()
  },
})
