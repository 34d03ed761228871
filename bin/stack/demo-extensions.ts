import { join } from 'node:path'
import { createSecretSeal } from '../../api/core/provisioning/sip-secret.ts'
import { loadOrCreateSecret } from '../../api/store/files/secret-file.ts'
import { createUserStore } from '../../api/store/sql/auth/users.ts'
import type { Database } from '../../api/store/sql/database.ts'
import { adoptExtension } from '../../api/store/sql/provisioning/adopt-extension.ts'

/** The demo users that its Asterisk gets as every other: by the provisioner. */
export const PROVISIONED_DEMO_EXTENSIONS = ['1000', '1001', '1002', '1003'] as const

/**
 * Lets the api create the extensions of the demo users on the demo's Asterisk. At each start, as the database and the
 * Asterisk of a demo may be removed one without the other.
 * @param secret the SIP password of their desk phones
 */
export async function adoptDemoExtensions(
  db: Database,
  { data, secret, now }: { data: string; secret: string; now: number },
): Promise<void> {
  const seal = createSecretSeal(loadOrCreateSecret(join(data, 'keys', 'sip.secret')))
  const users = createUserStore(db)
  for (const extension of PROVISIONED_DEMO_EXTENSIONS) {
    const user = await users.findByLogin(extension)
    // An admin may have given the number to another account, or removed it.
    if (user?.extension !== extension) continue
    await adoptExtension(db, {
      extension,
      userId: user.id,
      ownershipTag: `demo-${extension}`,
      sealedSecret: seal.seal(secret, extension),
      now,
    })
  }
}
