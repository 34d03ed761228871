import { z } from 'zod'
import type { AccountSource, SourcePerson } from '../core/account-imports/account-source.ts'
import { createFreepbxGql, type FreepbxAccess, type FreepbxGql } from './freepbx-gql.ts'
import { incompleteList, toPeopleRefusal } from './people-refusal.ts'
import { unreachableError } from './provisioning-errors.ts'

/** FreePBX reads several tables for each extension, one after the other. */
const REQUEST_MS = 60_000

/** Without `extPassword`: the secrets of the phones stay on FreePBX. */
const LIST_QUERY = `query {
  fetchAllExtensions {
    status message totalCount
    extension { extensionId user { extension name } coreDevice { description } }
  }
}`

const text = z.string().nullish()
const Listed = z.object({
  fetchAllExtensions: z.object({
    totalCount: z.number().int().nullish(),
    extension: z
      .array(
        z.object({
          extensionId: z.union([z.string(), z.number()]).transform(String).nullish(),
          user: z.object({ extension: text, name: text }).nullish(),
          coreDevice: z.object({ description: text }).nullish(),
        }),
      )
      .nullable(),
  }),
})

/** The extensions of FreePBX 16 and 17. An extension is the id: FreePBX has no other. */
export const createFreepbxSource = (access: FreepbxAccess, now: () => number): AccountSource => ({
  name: 'freepbx',
  async fetch() {
    const gql = createFreepbxGql(access, REQUEST_MS, now)
    try {
      return { people: await listPeople(gql), lineErrors: [] }
    } catch (err) {
      throw toPeopleRefusal(err)
    } finally {
      await gql.close()
    }
  },
})

async function listPeople(gql: FreepbxGql): Promise<SourcePerson[]> {
  const answer = await gql.request(LIST_QUERY, {}, AbortSignal.timeout(REQUEST_MS))
  if ('reason' in answer) throw unreachableError(`FreePBX does not list its extensions: ${answer.reason}`)
  const listed = Listed.safeParse(answer.data)
  if (!listed.success) throw unreachableError('FreePBX listed its extensions in an unknown format')
  const { totalCount, extension } = listed.data.fetchAllExtensions
  const all = extension ?? []
  if (typeof totalCount === 'number' && totalCount > all.length)
    throw incompleteList('FreePBX', all.length, totalCount)
  return all.flatMap(({ extensionId, user, coreDevice }): SourcePerson[] => {
    const number = user?.extension || extensionId || ''
    // A device that no user has, such as one for people who log in to it.
    if (user === null || number === '') return []
    const name = user?.name || coreDevice?.description || ''
    return [
      {
        sourceId: number,
        extension: number,
        // As Hookswitch marks the extensions that it makes there.
        name: name.replace(/ #[0-9a-f]{8}$/, ''),
        email: null,
      },
    ]
  })
}
