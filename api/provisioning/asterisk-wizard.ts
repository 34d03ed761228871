import { type Provisioner, ProvisioningError } from '../core/provisioning/provisioner.ts'
import { buildCallerId, OWNERSHIP_OPTION, takenError, validatedSpec } from './pjsip-objects.ts'
import { type ConfigAmi, createWizardFile } from './pjsip-wizard-file.ts'
import { validateExtension } from './validate-extension.ts'

export interface WizardNeeds {
  /** An AMI user of its own: `write = system,config` is root on the PBX. */
  ami: ConfigAmi
  /** The section of pjsip_wizard.conf that every extension is like. */
  template: string
}

const OWNERSHIP_LINE = `endpoint/${OWNERSHIP_OPTION}`

/**
 * SIP extensions of a plain Asterisk where ARI cannot be had: a section each in pjsip_wizard.conf, which makes
 * a hint too, unlike ARI. Needs docs/asterisk/pjsip_wizard.conf. Only one process may do this: Asterisk reads,
 * changes and writes the file without a lock. A number that was taken away is `taken` for as long as a phone may
 * be registered for it, as calls would go there: `maximum_expiration` of the template.
 * @throws {Error} for a template whose name cannot be one
 */
export function createWizardProvisioner({ ami, template }: WizardNeeds): Provisioner {
  if (!/^[A-Za-z0-9_-]{1,40}$/.test(template)) throw new Error('the template is not the name of a section')
  const file = createWizardFile(ami)
  let last: Promise<unknown> = Promise.resolve()

  /** One after another, as two at once would undo each other's changes. */
  function runExclusive<T>(operation: () => Promise<T>): Promise<T> {
    const done = last.then(operation)
    last = done.catch(() => {})
    return done
  }

  /** By what another file says, or by a phone of an earlier owner, to which calls would go. */
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
      await runExclusive(async () => {
        const found = await file.read(extension)
        if (found === undefined ? await isOccupied(extension) : found.get(OWNERSHIP_LINE) !== ownershipTag)
          throw takenError()
        if (!isWritten(found)) await file.write(extension, template, lines)
        // Also where it was written before: that try may have been cut short here.
        await file.reload()
        if (isWritten(await file.read(extension))) return
        throw new ProvisioningError('unconfirmed', 'pjsip_wizard.conf does not hold what was written')
      })
      return { extension, authUsername: extension, secret }
    },
    async remove(extension, { ownershipTag }) {
      validateExtension(extension)
      await runExclusive(async () => {
        const found = await file.read(extension)
        if (found !== undefined && found.get(OWNERSHIP_LINE) !== ownershipTag) throw takenError()
        if (found !== undefined) await file.remove(extension)
        await file.reload()
      })
    },
  }
}
