import { ProvisioningError } from '../core/provisioning/provisioner.ts'
import { unauthorizedError, unreachableError } from './provisioning-errors.ts'
import { sanitizeMessage } from './sanitize-message.ts'

/** An AMI user that may read and write configuration files. */
export interface ConfigAmi {
  action(fields: AmiAction): Promise<AmiResponse>
  list(fields: AmiAction): Promise<AmiResponse[]>
}
interface AmiAction {
  Action: string
  [key: string]: string
}
interface AmiResponse {
  fields: Readonly<Record<string, string>>
  pairs: readonly (readonly [key: string, value: string])[]
}

/** The sections of pjsip_wizard.conf. All throw {ProvisioningError}. */
export interface WizardFile {
  /** @returns the lines of a section, those of its template included; undefined without such a section */
  read(section: string): Promise<Map<string, string> | undefined>
  /** Whether pjsip.conf has a section of this name. */
  isInPjsipConf(section: string): Promise<boolean>
  /** Whether a phone is registered, also for a removed extension. */
  hasPhone(extension: string): Promise<boolean>
  /** Creates or replaces a section, based on a template of the same file. */
  write(section: string, template: string, lines: Readonly<Record<string, string>>): Promise<void>
  remove(section: string): Promise<void>
  /** Applies what was written. */
  reload(): Promise<void>
}

type Change = Readonly<Record<'Action' | 'Cat' | 'Var' | 'Value' | 'Options', string>>
const FILE = 'pjsip_wizard.conf'

/** Answers of GetConfig hold passwords, so only error messages of Asterisk become part of an error. */
export function createWizardFile(ami: ConfigAmi): WizardFile {
  const send = (fields: AmiAction) =>
    ami.action(fields).catch((err): never => {
      throw toProvisioningError(err)
    })

  async function readSection(file: string, section: string): Promise<Map<string, string> | undefined> {
    const { pairs } = await send({ Action: 'GetConfig', Filename: file, Category: section })
    // Asterisk also answers with sections that match partly.
    if (!pairs.some(([key, value]) => /^category-/i.test(key) && value === section)) return undefined
    return new Map(
      pairs
        .filter(([key]) => /^line-/i.test(key))
        .map(([, line]) => {
          const equals = line.indexOf('=')
          return [line.slice(0, equals), line.slice(equals + 1)] as const
        }),
    )
  }

  /** Asterisk writes all changes or none. */
  async function update(changes: readonly Partial<Change>[]): Promise<void> {
    const fields = changes.flatMap((change, at) =>
      Object.entries(change).map(([key, value]) => [`${key}-${String(at).padStart(6, '0')}`, value] as const),
    )
    await send({
      Action: 'UpdateConfig',
      SrcFilename: FILE,
      DstFilename: FILE,
      Reload: 'no',
      ...Object.fromEntries(fields),
    })
  }

  return {
    read: (section) => readSection(FILE, section),
    isInPjsipConf: async (section) => (await readSection('pjsip.conf', section)) !== undefined,
    async hasPhone(extension) {
      const contacts = await ami.list({ Action: 'PJSIPShowContacts' }).catch((err): [] => {
        // Asterisk reports an empty list as an error.
        if (messageOf(err) === 'No Contacts found') return []
        throw toProvisioningError(err)
      })
      return contacts.some(({ fields }) => fields.objectname?.startsWith(`${extension};`) === true)
    },
    async write(section, template, lines) {
      const exists = (await readSection(FILE, section)) !== undefined
      await update([
        ...(exists ? [{ Action: 'DelCat', Cat: section }] : []),
        { Action: 'NewCat', Cat: section, Options: `inherit=${template}` },
        ...Object.entries(lines).map(([name, value]) => ({
          Action: 'Append',
          Cat: section,
          Var: name,
          Value: value,
        })),
      ])
    },
    remove: (section) => update([{ Action: 'DelCat', Cat: section }]),
    async reload() {
      await send({ Action: 'Reload', Module: 'res_pjsip.so' })
    },
  }
}

const messageOf = (err: unknown) => (err instanceof Error ? err.message : undefined)

function toProvisioningError(err: unknown): ProvisioningError {
  const { code } = err as { code?: unknown } // any thrown object may be read like this
  if (code === 'ami_field_invalid') {
    return new ProvisioningError('refused', 'the extension has a value that AMI cannot carry', err)
  }
  // The result is unknown, or another client has changed the file between our read and write.
  if (code !== 'ami_refused') return unreachableError('the link to Asterisk is down', err)
  const reason = sanitizeMessage(messageOf(err))
  if (/create category|category does not exist/i.test(reason))
    return unreachableError(`${FILE} is being changed: ${reason}`)
  if (/in progress/i.test(reason)) return unreachableError('Asterisk is reloading')
  if (/permission denied|invalid\/unknown command|not found|save of config|no such module/i.test(reason)) {
    return unauthorizedError(`${FILE} cannot be changed: ${reason}`)
  }
  return new ProvisioningError('refused', `Asterisk does not take the extension: ${reason}`)
}
