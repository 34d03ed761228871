import { invalidInput, Refusal } from '../../refusal.ts'
import type { ChangedBy } from '../account-admin.ts'
import type { SecurityLog } from '../security-log.ts'
import type { User } from '../users.ts'
import { PROVIDER_ID } from './provider-id.ts'

/** A person of an identity provider. */
export interface ProviderPerson {
  providerId: string
  /** `sub` */
  subject: string
}

export interface ProviderLinkStore {
  /** @throws {Refusal} `not_found`, `taken` if either has a link already, or an account came from this person */
  add(userId: string, person: ProviderPerson): Promise<void>
  /** @returns false without a link */
  remove(userId: string, providerId: string): Promise<boolean>
}

/**
 * Lets the person of a provider sign in as an account that is there already. Only by this act of an administrator: no
 * name and no address that two systems share proves that both mean one person.
 */
export interface ProviderLinks {
  /** @throws {Refusal} `input_invalid`, `not_found`, `taken` */
  link(user: User, person: ProviderPerson, by: ChangedBy): Promise<void>
  /** The sessions of the account are not ended. @throws {Refusal} `not_found` */
  unlink(user: User, providerId: string, by: ChangedBy): Promise<void>
}

export function createProviderLinks(store: ProviderLinkStore, securityLog: SecurityLog): ProviderLinks {
  const write = (
    event: 'identity_linked' | 'identity_unlinked',
    user: User,
    changes: string,
    by: ChangedBy,
  ) => securityLog.write({ event, userId: user.id, target: user.username, changes, ...by })
  return {
    async link(user, person, by) {
      const { providerId, subject } = person
      if (!PROVIDER_ID.test(providerId)) throw invalidInput('no id of a provider')
      if (!/^[\x21-\x7e]{1,255}$/.test(subject)) throw invalidInput('no sub of a provider')
      await store.add(user.id, person)
      write('identity_linked', user, `provider=${providerId} sub=${subject}`, by)
    },
    async unlink(user, providerId, by) {
      if (!(await store.remove(user.id, providerId)))
        throw new Refusal('not_found', { detail: 'the account has no such link' })
      write('identity_unlinked', user, `provider=${providerId}`, by)
    },
  }
}
