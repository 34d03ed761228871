import { ProvisioningError } from '../core/provisioning/provisioner.ts'
import { unreachableError } from './pbx-http-client.ts'
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
  /** @returns a section's lines, those of its template too */
  read(section: string): Promise<Map<string, string> | undefined>
  /** Whether pjsip.conf has something of this name. */
  isInPjsipConf(section: string): Promise<boolean>
  /** Whether a phone is registered, also for what is no longer there. */
  hasPhone(extension: string): Promise<boolean>
  /** Makes a section from a template of the same file; one of that name is gone then. */
  write(section: string, template: string, lines: Readonly<Record<string, string>>): Promise<void>
  remove(section: string): Promise<void>
  /** Before that, nothing that was written counts. */
  reload(): Promise<void>
}

type Change = Readonly<Record<'Action' | 'Cat' | 'Var' | 'Value' | 'Options', string>>
const FILE = 'pjsip_wizard.conf'

/** Answers of GetConfig hold passwords: of what Asterisk says, only its refusals are ever part of a message. */
export function createWizardFile(ami: ConfigAmi): WizardFile {
  const send = (fields: AmiAction) =>
    ami.action(fields).catch((err): never => {
      throw toProvisioningError(err)
    })

  async function readSection(file: string, section: string): Promise<Map<string, string> | undefined> {
    const { pairs } = await send({ Action: 'GetConfig', Filename: file, Category: section })
    // It answers for whatever it takes for a match.
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

  /** They take effect in the file all together or not at all. */
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
        // That is how it tells an empty list.
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
  const { code } = err as { code?: unknown } // whatever was thrown, this reads no more than a member
  if (code === 'ami_field_invalid') {
    return new ProvisioningError('refused', 'the extension holds what Asterisk must not see', err)
  }
  // Nothing is known, or it was changed by somebody else between looking and writing.
  if (code !== 'ami_refused') return unreachableError('the link to Asterisk is down', err)
  const reason = sanitizeMessage(messageOf(err))
  if (/create category|category does not exist/i.test(reason))
    return unreachableError(`${FILE} is being changed: ${reason}`)
  if (/in progress/i.test(reason)) return unreachableError('Asterisk is reloading')
  if (/permission denied|invalid\/unknown command|not found|save of config|no such module/i.test(reason)) {
    return new ProvisioningError('unauthorized', `${FILE} cannot be changed: ${reason}`)
  }
  return new ProvisioningError('refused', `Asterisk does not take the extension: ${reason}`)
}
