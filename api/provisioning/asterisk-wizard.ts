import { Mutex } from 'async-mutex'
import { type Provisioner, ProvisioningError } from '../core/provisioning/provisioner.ts'
import { buildCallerId, OWNERSHIP_OPTION, takenError, validatedSpec } from './pjsip-objects.ts'
import { type ConfigAmi, createWizardFile } from './pjsip-wizard-file.ts'
import { validateExtension } from './validate-extension.ts'

export interface WizardNeeds {
  /** A separate AMI user, as `write = system,config` is as powerful as root on the PBX. */
  ami: ConfigAmi
  /** The template section of pjsip_wizard.conf. */
  template: string
}

const OWNERSHIP_LINE = `endpoint/${OWNERSHIP_OPTION}`

/**
 * SIP extensions of a plain Asterisk without ARI: one section each in pjsip_wizard.conf, which also creates a hint.
 * Needs docs/asterisk/pjsip_wizard.conf. Only one process may do this, as Asterisk reads, changes and writes the file
 * without a lock. A removed number is `taken` while a phone is still registered for it, as calls would reach that
 * phone: at most for `maximum_expiration` of the template.
 * @throws {Error} for an invalid template name
 */
export function createWizardProvisioner({ ami, template }: WizardNeeds): Provisioner {
  if (!/^[A-Za-z0-9_-]{1,40}$/.test(template)) throw new Error('the template is not the name of a section')
  const file = createWizardFile(ami)
  /** Concurrent operations would overwrite each other's changes. */
  const mutex = new Mutex()

  /** Whether another file defines it, or a phone of a previous owner is registered, which would get its calls. */
  const isOccupied = async (extension: string) =>
    (await file.isInPjsipConf(extension)) || (await file.hasPhone(extension))

  return {
    name: 'asterisk',
    async provision(order) {
      const { extension, secret, ownershipTag } = validatedSpec(order)
      const lines = {
        hint_exten: extension,
        'inbound_auth/username': extension,
        'inbound_auth/password': secret,
        'endpoint/callerid': buildCallerId(order),
        [OWNERSHIP_LINE]: ownershipTag,
      }
      const isWritten = (found: ReadonlyMap<string, string> | undefined) =>
        Object.entries(lines).every(([name, value]) => found?.get(name) === value)
      await mutex.runExclusive(async () => {
        const found = await file.read(extension)
        if (found === undefined ? await isOccupied(extension) : found.get(OWNERSHIP_LINE) !== ownershipTag)
          throw takenError()
        if (!isWritten(found)) await file.write(extension, template, lines)
        // Also if it was written before: that attempt may have ended before its reload.
        await file.reload()
        if (isWritten(await file.read(extension))) return
        throw new ProvisioningError('unconfirmed', 'pjsip_wizard.conf does not hold what was written')
      })
      return { extension, authUsername: extension, secret }
    },
    async remove(extension, { ownershipTag }) {
      validateExtension(extension)
      await mutex.runExclusive(async () => {
        const found = await file.read(extension)
        if (found !== undefined && found.get(OWNERSHIP_LINE) !== ownershipTag) throw takenError()
        if (found !== undefined) await file.remove(extension)
        await file.reload()
      })
    },
  }
}
