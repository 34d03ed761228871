import { toUnixSeconds } from '../../../../runtime/time.ts'
import { newId } from '../../auth/tokens.ts'
import { Refusal } from '../../refusal.ts'
import type { CallCenterActor } from '../agents/call-center-actor.ts'
import type { Template } from './document-bodies.ts'
import type { DocumentStore, VersionedDocument } from './document-store.ts'
import { findPlaceholders } from './placeholders.ts'

/** A template to store. If `variables` is given, it must name exactly the placeholders of `content`. */
export type TemplateInput = Omit<Template, 'variables'> & { variables?: readonly string[] | undefined }

export interface Templates {
  /** Sorted by name. */
  list(page: { afterName: string | undefined; limit: number }): Promise<VersionedDocument<'template'>[]>
  /** @throws {Refusal} `not_found` */
  find(id: string, version?: number): Promise<VersionedDocument<'template'>>
  /** @throws {Refusal} `input_invalid`, `taken`, `conflict` at the maximum number of templates */
  add(actor: CallCenterActor, input: TemplateInput): Promise<VersionedDocument<'template'>>
  /** @throws {Refusal} `input_invalid`, `taken`, `not_found`, `stale` */
  change(
    actor: CallCenterActor,
    id: string,
    input: TemplateInput,
    version: number | undefined,
  ): Promise<VersionedDocument<'template'>>
  /** @throws {Refusal} `not_found`, `stale` */
  remove(actor: CallCenterActor, id: string, version: number | undefined): Promise<void>
}

const MAX_TEMPLATES = 10_000
const MAX_VARIABLES = 100

export function createTemplates({ store, now }: { store: DocumentStore; now: () => number }): Templates {
  const writeContext = ({ userId }: CallCenterActor, version: number | undefined) => ({
    changedBy: userId,
    now: toUnixSeconds(now()),
    version,
  })

  return {
    list: (page) => store.listByName('template', page),
    async find(id, version) {
      const document = await store.find('template', id, version)
      if (document === undefined) throw new Refusal('not_found')
      return document
    },
    async add(actor, input) {
      const body = buildTemplate(input)
      if ((await store.count('template')) >= MAX_TEMPLATES) {
        throw new Refusal('conflict', { detail: `there are ${MAX_TEMPLATES} templates already` })
      }
      const write = { ...writeContext(actor, undefined), body, name: body.name, createIfMissing: true }
      return (await store.put('template', newId(), write)).document
    },
    async change(actor, id, input, version) {
      const body = buildTemplate(input)
      const write = { ...writeContext(actor, version), body, name: body.name, createIfMissing: false }
      return (await store.put('template', id, write)).document
    },
    remove: (actor, id, version) => store.remove('template', id, writeContext(actor, version)),
  }
}

/** @throws {Refusal} `input_invalid` if the declared variables differ from the placeholders */
function buildTemplate({ name, category, content, variables: declared }: TemplateInput): Template {
  const variables = findPlaceholders(content)
  if (variables.length > MAX_VARIABLES) {
    throw new Refusal('input_invalid', { detail: `there are more than ${MAX_VARIABLES} placeholders` })
  }
  const missing = variables.filter((one) => declared !== undefined && !declared.includes(one))
  const unused = (declared ?? []).filter((one) => !variables.includes(one))
  const problems = [
    ...(missing.length === 0 ? [] : [`variables do not name ${missing.join(', ')}`]),
    ...(unused.length === 0 ? [] : [`the content has no placeholder ${unused.join(', ')}`]),
  ]
  if (problems.length > 0) throw new Refusal('input_invalid', { detail: problems.join('; ').slice(0, 500) })
  return { name, category, content, variables }
}
