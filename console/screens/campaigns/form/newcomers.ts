import { type Api, dataOf, type Wire } from '../../../api/client.ts'

/** A person with a phone who is no agent yet. */
export interface Newcomer {
  /** Of the user. */
  id: string
  name: string
  extension: string
}

/** Those who can be made agents: a disabled account takes no calls. By name. */
export const newcomersOf = (
  users: readonly Pick<Wire<'User'>, 'id' | 'display_name' | 'extension' | 'disabled'>[],
  agents: readonly Pick<Wire<'CrmAgent'>, 'userId'>[],
): Newcomer[] => {
  const members = new Set(agents.map(({ userId }) => String(userId)))
  return users
    .flatMap(({ id, display_name: name, extension, disabled }) =>
      extension === null || disabled || members.has(id) ? [] : [{ id, name, extension }],
    )
    .sort((a, b) => a.name.localeCompare(b.name))
}

/** All accounts: for administrators. */
export async function loadUsers(api: Api, signal: AbortSignal): Promise<Wire<'User'>[]> {
  const all: Wire<'User'>[] = []
  let cursor: string | null = null
  do {
    const query: { limit: number; cursor?: string } = { limit: 100, ...(cursor === null ? {} : { cursor }) }
    const page: { users: Wire<'User'>[]; next_cursor: string | null } = await dataOf(
      api.GET('/api/v1/users', { params: { query }, signal }),
    )
    all.push(...page.users)
    cursor = page.next_cursor
  } while (cursor !== null)
  return all
}
