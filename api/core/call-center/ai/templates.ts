import { newId } from '../../auth/tokens.ts'
import { Refusal } from '../../refusal.ts'
import type { Standing } from '../agents/call-center-actor.ts'
import type { Template } from './document-bodies.ts'
import type { DocumentStore, Kept } from './document-store.ts'
import { placeholdersOf } from './placeholders.ts'

/** What somebody wants it to be; whoever names the variables must name those that it has. */
export type TemplateWish = Omit<Template, 'variables'> & { variables?: readonly string[] | undefined }

export interface Templates {
  /** By name. */
  list(page: { afterName: string | undefined; limit: number }): Promise<Kept<'template'>[]>
  /** @throws {Refusal} `not_found` */
  find(id: string, version?: number): Promise<Kept<'template'>>
  /** @throws {Refusal} `input_invalid`, `taken`, `conflict` where there are too many */
  add(standing: Standing, wish: TemplateWish): Promise<Kept<'template'>>
  /** @throws {Refusal} `input_invalid`, `taken`, `not_found`, `stale` */
  change(
    standing: Standing,
    id: string,
    wish: TemplateWish,
    version: number | undefined,
  ): Promise<Kept<'template'>>
  /** @throws {Refusal} `not_found`, `stale` */
  remove(standing: Standing, id: string, version: number | undefined): Promise<void>
}

const MOST_TEMPLATES = 10_000
const MOST_VARIABLES = 100

export function createTemplates({ store, now }: { store: DocumentStore; now: () => number }): Templates {
  const writing = ({ userId }: Standing, version: number | undefined) => ({
    by: userId,
    now: Math.floor(now() / 1000),
    version,
  })

  return {
    list: (page) => store.listByName('template', page),
    async find(id, version) {
      const kept = await store.find('template', id, version)
      if (kept === undefined) throw new Refusal('not_found')
      return kept
    },
    async add(standing, wish) {
      const body = templateOf(wish)
      if ((await store.count('template')) >= MOST_TEMPLATES) {
        throw new Refusal('conflict', { detail: `there are ${MOST_TEMPLATES} templates already` })
      }
      const about = { ...writing(standing, undefined), body, name: body.name, mayMake: true }
      return (await store.put('template', newId(), about)).kept
    },
    async change(standing, id, wish, version) {
      const body = templateOf(wish)
      const about = { ...writing(standing, version), body, name: body.name, mayMake: false }
      return (await store.put('template', id, about)).kept
    },
    remove: (standing, id, version) => store.remove('template', id, writing(standing, version)),
  }
}

/** @throws {Refusal} `input_invalid` for variables that are not those of the content */
function templateOf({ name, category, content, variables: said }: TemplateWish): Template {
  const variables = placeholdersOf(content)
  if (variables.length > MOST_VARIABLES) {
    throw new Refusal('input_invalid', { detail: `there are more than ${MOST_VARIABLES} placeholders` })
  }
  const missing = variables.filter((one) => said !== undefined && !said.includes(one))
  const unused = (said ?? []).filter((one) => !variables.includes(one))
  const faults = [
    ...(missing.length === 0 ? [] : [`variables do not name ${missing.join(', ')}`]),
    ...(unused.length === 0 ? [] : [`the content has no placeholder ${unused.join(', ')}`]),
  ]
  if (faults.length > 0) throw new Refusal('input_invalid', { detail: faults.join('; ').slice(0, 500) })
  return { name, category, content, variables }
}
