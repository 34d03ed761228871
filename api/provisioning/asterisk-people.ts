import type { AccountSource, SourcePerson } from '../core/account-imports/account-source.ts'
import { Refusal } from '../core/refusal.ts'
import { type EndpointTemplates, extensionOfPhone, toPhonePerson } from './endpoint-people.ts'

/** An AMI user with the right `system`, which `PJSIPShowEndpoints` needs. */
export interface EndpointAmi {
  list(fields: {
    Action: string
    [key: string]: string
  }): Promise<{ fields: Readonly<Record<string, string>> }[]>
}

export interface AsteriskPeopleNeeds {
  /** Connects for one reading. @throws {Refusal} `unavailable`, `conflict` */
  connect(): Promise<EndpointAmi & { close(): Promise<void> }>
  templates: EndpointTemplates
}

/** Endpoints that are asked for at once. */
const PARALLEL = 16

/** The phones that Asterisk has now, whichever file or database defines them. */
export const createAsteriskSource = ({ connect, templates }: AsteriskPeopleNeeds): AccountSource => ({
  name: 'asterisk',
  async fetch() {
    const ami = await connect()
    try {
      return { people: await readEndpoints(ami, templates), lineErrors: [] }
    } catch (err) {
      throw toRefusal(err)
    } finally {
      await ami.close()
    }
  },
})

async function readEndpoints(ami: EndpointAmi, templates: EndpointTemplates): Promise<SourcePerson[]> {
  const endpoints = await ami.list({ Action: 'PJSIPShowEndpoints' }).catch((err): [] => {
    // Asterisk reports an empty list as an error.
    if (/^no endpoints found/i.test(messageOf(err))) return []
    throw err
  })
  const phones = endpoints.flatMap(({ fields }) => {
    const name = fields.objectname ?? ''
    const extension = extensionOfPhone(name, templates)
    return extension === undefined || (fields.outboundauths ?? '') !== '' ? [] : { name, extension }
  })
  const people: SourcePerson[] = []
  for (let at = 0; at < phones.length; at += PARALLEL) {
    const some = phones.slice(at, at + PARALLEL).map(async ({ name, extension }) => {
      const details = await ami.list({ Action: 'PJSIPShowEndpoint', Endpoint: name })
      const detail = details.find(({ fields }) => fields.objecttype === 'endpoint')
      return toPhonePerson(extension, detail?.fields.callerid)
    })
    people.push(...(await Promise.all(some)))
  }
  return people
}

const messageOf = (err: unknown) => (err instanceof Error ? err.message : '')

function toRefusal(err: unknown): Refusal {
  if (err instanceof Refusal) return err
  const { code } = err as { code?: unknown } // any thrown object may be read like this
  if (code === 'ami_refused' && /permission denied|invalid\/unknown command/i.test(messageOf(err))) {
    const detail = 'the AMI user may not list endpoints: it needs write = system'
    return new Refusal('conflict', { detail, cause: err })
  }
  return new Refusal('unavailable', { detail: 'Asterisk does not list its endpoints now', cause: err })
}
