import { createExtensionProvisioning } from '../../../api/core/provisioning/extension-provisioning.ts'
import { createNewExtensions } from '../../../api/core/provisioning/new-extensions.ts'
import type { Provisioner } from '../../../api/core/provisioning/provisioner.ts'
import { createSecretSeal } from '../../../api/core/provisioning/sip-secret.ts'
import { createExtensionRegistration } from '../../../api/core/registration/extension-registration.ts'
import { createUserStore } from '../../../api/store/sql/auth/users.ts'
import { openDatabase } from '../../../api/store/sql/database.ts'
import { createExtensionStore } from '../../../api/store/sql/provisioning/extensions.ts'
import { createInvitationStore } from '../../../api/store/sql/registration/invitations.ts'
import { waitForGo } from './wait.ts'

// Registers one person on a PBX that prints what it was asked to make and never answers.
const { url } = await waitForGo()
const db = await openDatabase(url)
const users = createUserStore(db)
const extensions = createExtensionStore(db)
const seal = createSecretSeal(Buffer.alloc(32, 7))
const range = { first: '2000', last: '2009' }
const provisioner: Provisioner = {
  name: 'silent',
  provision({ extension, ownershipTag, secret }) {
    console.log(JSON.stringify({ extension, mark: ownershipTag, secret }))
    return new Promise(() => {})
  },
  remove: async () => {},
}
const needs = { seal, range, now: Date.now, onWarning: console.error, onError: console.error }
const registration = createExtensionRegistration({
  ...needs,
  mode: 'open',
  users,
  passwords: { hash: async () => '$argon2id$…' },
  throttle: { consume: async () => {} },
  invitations: createInvitationStore(db),
  newExtensions: createNewExtensions({
    ...{ ...needs, extensions },
    provisioning: createExtensionProvisioning({
      ...needs,
      store: extensions,
      provisioner,
      findPerson: async () => ({ name: 'anna', email: 'anna@example.org' }),
      longestLifetime: 3_600,
    }),
  }),
})
await registration.register({ email: 'anna@example.org', password: 'a long one', address: '192.0.2.1' })
