import { z } from 'zod'
import type { AccountSource, SourcePerson } from '../core/account-imports/account-source.ts'
import { createMikopbxApi, type MikopbxAccess, type MikopbxApi } from './mikopbx-api.ts'
import { incompleteList, toPeopleRefusal } from './people-refusal.ts'
import { unreachableError } from './provisioning-errors.ts'

const REQUEST_MS = 30_000
/** MikoPBX lists at most 1 000 at once. */
const PAGE = 500
const MAX_PAGES = 200

const Employee = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  number: z.union([z.string(), z.number()]).transform(String).nullish(),
  user_username: z.string().nullish(),
  user_email: z.string().nullish(),
  disabled: z.union([z.boolean(), z.string()]).nullish(),
})
/** Some releases answer with the list alone. */
const Page = z.union([
  z.array(Employee).transform((data) => ({ data, recordsTotal: undefined })),
  z.object({ data: z.array(Employee), recordsTotal: z.number().int().optional() }),
])

/** The employees of MikoPBX, by their ids there: a number that a new employee gets does not pass on the account. */
export const createMikopbxSource = (access: MikopbxAccess, now: () => number): AccountSource => ({
  name: 'mikopbx',
  async fetch() {
    const api = createMikopbxApi(access, REQUEST_MS, now)
    try {
      return { people: await listPeople(api), lineErrors: [] }
    } catch (err) {
      throw toPeopleRefusal(err)
    } finally {
      await api.close()
    }
  },
})

async function listPeople(api: MikopbxApi): Promise<SourcePerson[]> {
  const signal = AbortSignal.timeout(120_000)
  const employees = new Map<string, z.output<typeof Employee>>()
  let total: number | undefined
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const path = `employees?order_by=number&limit=${PAGE}&offset=${page * PAGE}`
    const answer = await api.request({ method: 'GET', path }, signal)
    if ('reason' in answer) throw unreachableError(`MikoPBX does not list its employees: ${answer.reason}`)
    const listed = Page.safeParse(answer.data)
    if (!listed.success) throw unreachableError('MikoPBX listed its employees in an unknown format')
    const { data, recordsTotal } = listed.data
    const before = employees.size
    for (const one of data) employees.set(one.id, one)
    total = recordsTotal
    // Without new ones it does not divide its list into pages.
    if (data.length < PAGE || employees.size === before) break
  }
  if (total !== undefined && employees.size < total) throw incompleteList('MikoPBX', employees.size, total)
  return [...employees.values()].flatMap(({ id, number, user_username, user_email, disabled }) =>
    // Accounts of its web interface have no number.
    number
      ? {
          sourceId: id,
          extension: number,
          name: user_username ?? null,
          email: user_email ?? null,
          disabled: disabled === true || disabled === '1',
        }
      : [],
  )
}
