import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { dataOf } from '../../api/client.ts'
import { useConsole } from '../../app/console-context.ts'

/** Something that a lead can be given: an agent or a campaign. */
export interface LeadChoice {
  id: number
  name: string
}

const MAX_CHOICES = 1_000
const STALE_MS = 60_000

/** The agents and campaigns that I see, by name. */
export function useLeadChoices() {
  const { api } = useConsole()
  const agents = useQuery({
    queryKey: ['lead-agents'],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/agents', { params: { query: { limit: MAX_CHOICES } }, signal })),
    staleTime: STALE_MS,
  })
  const campaigns = useQuery({
    queryKey: ['lead-campaigns'],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/campaigns', { params: { query: { limit: MAX_CHOICES } }, signal })),
    staleTime: STALE_MS,
  })
  return useMemo(() => {
    const people = toChoices((agents.data ?? []).filter(({ agentType }) => agentType === 'HUMAN'))
    const lists = toChoices(campaigns.data ?? [])
    return {
      agents: people,
      campaigns: lists,
      agentName: nameById(people),
      campaignName: nameById(lists),
    }
  }, [agents.data, campaigns.data])
}

const toChoices = (all: readonly LeadChoice[]): LeadChoice[] =>
  all.map(({ id, name }) => ({ id, name })).sort((a, b) => a.name.localeCompare(b.name))

/** The name, or the number of one that I do not see. */
function nameById(choices: readonly LeadChoice[]): (id: number | null) => string {
  const names = new Map(choices.map(({ id, name }) => [id, name]))
  return (id) => (id === null ? '' : (names.get(id) ?? `#${id}`))
}
