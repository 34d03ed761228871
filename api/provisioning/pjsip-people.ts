import { createEventLoopYield } from '../../runtime/event-loop-yield.ts'
import type { AccountSource, FetchedPeople, SourcePerson } from '../core/account-imports/account-source.ts'
import { invalidInput } from '../core/refusal.ts'
import { type EndpointTemplates, extensionOfPhone, toPhonePerson } from './endpoint-people.ts'
import { type ConfSection, parseAsteriskConf } from './pjsip-conf.ts'

/** Characters: about 10 000 phones. */
const MAX_LENGTH = 2_000_000

/** Of endpoints and of wizards. */
const READ_OPTIONS = new Set([
  'type',
  'sends_auth',
  'sends_registrations',
  ...['outbound_auth', 'callerid'].flatMap((option) => [option, `endpoint/${option}`]),
])

/** The phones of a `pjsip.conf` or `pjsip_wizard.conf`: endpoints named like an extension, without trunks. */
export const createPjsipSource = (text: string, templates: EndpointTemplates): AccountSource => ({
  name: 'pjsip',
  fetch: () => readPjsipPeople(text, templates),
})

/** @throws {Refusal} `input_invalid` for a file without any section, or one that is too large */
export async function readPjsipPeople(text: string, templates: EndpointTemplates): Promise<FetchedPeople> {
  if (text.length > MAX_LENGTH) throw invalidInput(`the file has more than ${MAX_LENGTH} characters`)
  const { sections, lineErrors } = await parseAsteriskConf(text, (option) => READ_OPTIONS.has(option))
  if (sections.length === 0) throw invalidInput('the file has no section of pjsip.conf or pjsip_wizard.conf')
  const pause = createEventLoopYield()
  const people: SourcePerson[] = []
  for (const section of sections) {
    const person = toPerson(section, templates)
    if (person !== undefined) people.push(person)
    await pause()
  }
  return { people, lineErrors }
}

function toPerson(
  { name, line, isTemplate, options }: ConfSection,
  templates: EndpointTemplates,
): SourcePerson | undefined {
  const type = options.get('type')?.toLowerCase()
  if (isTemplate || (type !== 'endpoint' && type !== 'wizard')) return undefined
  const optionOf = (option: string) => options.get(type === 'wizard' ? `endpoint/${option}` : option)
  const extension = extensionOfPhone(name, templates)
  const isTrunk =
    optionOf('outbound_auth') !== undefined ||
    ['sends_auth', 'sends_registrations'].some((option) => isYes(options.get(option)))
  if (extension === undefined || isTrunk) return undefined
  return toPhonePerson(extension, optionOf('callerid'), line)
}

const isYes = (text = '') => /^(yes|true|on|y|t|1)$/i.test(text)
