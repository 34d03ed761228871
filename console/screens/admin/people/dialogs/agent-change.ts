import type { Api, Wire } from '../../../../api/client.ts'

/** A person's place in the call center. */
export interface Membership {
  isAgent: boolean
  team: string | null
}

/** What the fields of the call center hold. The check box of an agent is fixed, and so not in the form. */
export const readMembership = (form: FormData): Membership => ({
  isAgent: form.get('is_agent') === 'on',
  team: String(form.get('team') ?? '').trim() || null,
})

/** What has to be sent for it: nothing, a new agent, or another team. */
export function agentChange(
  agent: Pick<Wire<'CrmAgent'>, 'team'> | undefined,
  { isAgent, team }: Membership,
): 'none' | 'create' | 'update' {
  if (agent === undefined) return isAgent ? 'create' : 'none'
  return agent.team === team ? 'none' : 'update'
}

/** Makes a person an agent, or changes the team of one. */
export async function storeMembership(
  api: Api,
  user: Pick<Wire<'User'>, 'id' | 'display_name'>,
  agent: Pick<Wire<'CrmAgent'>, 'id' | 'team'> | undefined,
  wanted: Membership,
): Promise<void> {
  const { team } = wanted
  const change = agentChange(agent, wanted)
  if (change === 'create') {
    const body = { name: user.display_name, userId: Number(user.id), agentType: 'HUMAN' as const, team }
    await api.POST('/api/agents', { body })
  } else if (change === 'update' && agent !== undefined) {
    await api.PUT('/api/agents/{id}', { params: { path: { id: String(agent.id) } }, body: { team } })
  }
}

/** The tokens of a supervisor state the team, so that a new one ends the sessions. */
export const endsSessions = (
  role: Wire<'User'>['role'],
  before: string | null,
  { team }: Membership,
): boolean => role === 'supervisor' && before !== team
