import type { Api, Wire } from '../../api/client.ts'

/** A page of a list of the call center. The answer names the next page in `Link` (RFC 8288). */
export interface LinkedPage<Row> {
  rows: readonly Row[]
  nextCursor: string | undefined
}

export const toLinkedPage = <Row>({
  data = [],
  response,
}: {
  data?: Row[]
  response: Response
}): LinkedPage<Row> => {
  const [, path] = /<([^>]*)>; rel="next"/.exec(response.headers.get('link') ?? '') ?? []
  const cursor = path === undefined ? null : new URL(path, 'http://localhost').searchParams.get('cursor')
  return { rows: data, nextCursor: cursor ?? undefined }
}

/** An agent, and whether they have AI settings. */
export interface AgentRow {
  agent: Wire<'CrmAgent'>
  hasSettings: boolean
}

/** All agents that the user may see, by name. */
export async function loadAgents(api: Api, signal: AbortSignal): Promise<AgentRow[]> {
  const query = (cursor: string | undefined) => ({
    params: { query: { limit: 1_000, ...(cursor === undefined ? {} : { cursor }) } },
    signal,
  })
  const [agents, settings] = await Promise.all([
    loadAll(async (cursor) => toLinkedPage(await api.GET('/api/agents', query(cursor)))),
    loadAll(async (cursor) => toLinkedPage(await api.GET('/api/ai/settings', query(cursor)))),
  ])
  const withSettings = new Set(settings.map(({ agentId }) => agentId))
  return agents
    .map((agent) => ({ agent, hasSettings: withSettings.has(agent.id) }))
    .sort((a, b) => a.agent.name.localeCompare(b.agent.name))
}

async function loadAll<Row>(
  loadPage: (cursor: string | undefined) => Promise<LinkedPage<Row>>,
): Promise<Row[]> {
  const rows: Row[] = []
  let cursor: string | undefined
  do {
    const page = await loadPage(cursor)
    rows.push(...page.rows)
    cursor = page.nextCursor
  } while (cursor !== undefined)
  return rows
}
