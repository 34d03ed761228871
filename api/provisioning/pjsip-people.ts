import type { AccountSource, FetchedPeople } from '../core/account-imports/account-source.ts'
import { Refusal } from '../core/refusal.ts'
import { type EndpointTemplates, extensionOfPhone, toPhonePerson } from './endpoint-people.ts'
import { parseAsteriskConf } from './pjsip-conf.ts'

/** Characters. */
const MAX_LENGTH = 8_000_000

/** The phones of a `pjsip.conf` or `pjsip_wizard.conf`: endpoints named like an extension, without trunks. */
export const createPjsipSource = (text: string, templates: EndpointTemplates): AccountSource => ({
  name: 'pjsip',
  fetch: async () => readPjsipPeople(text, templates),
})

/** @throws {Refusal} `input_invalid` for a file without any section */
export function readPjsipPeople(text: string, templates: EndpointTemplates): FetchedPeople {
  if (text.length > MAX_LENGTH) throw new Refusal('input_invalid', { detail: 'the file is too long' })
  const { sections, lineErrors } = parseAsteriskConf(text)
  if (sections.length === 0)
    throw new Refusal('input_invalid', {
      detail: 'the file has no section of pjsip.conf or pjsip_wizard.conf',
    })
  const people = sections.flatMap(({ name, line, isTemplate, options }) => {
    const type = options.get('type')?.toLowerCase()
    if (isTemplate || (type !== 'endpoint' && type !== 'wizard')) return []
    const optionOf = (option: string) => options.get(type === 'wizard' ? `endpoint/${option}` : option)
    const extension = extensionOfPhone(name, templates)
    const isTrunk =
      optionOf('outbound_auth') !== undefined ||
      ['sends_auth', 'sends_registrations'].some((option) => isYes(options.get(option)))
    if (extension === undefined || isTrunk) return []
    return toPhonePerson(extension, optionOf('callerid'), line)
  })
  return { people, lineErrors }
}

const isYes = (text = '') => /^(yes|true|on|y|t|1)$/i.test(text)
