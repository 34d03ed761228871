import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useConsole } from '../../app/console-context.ts'
import { Loaded } from '../../components/loaded.tsx'
import { EmptyState, Notice } from '../../components/notice.tsx'
import { SearchField } from '../../components/search-field.tsx'
import { useMessages } from '../../i18n/messages.ts'
import styles from './ai.module.css'
import { BackButton } from './back-button.tsx'
import { settingsAccess } from './document-access.ts'
import { DocumentPage } from './document-page.tsx'
import { type AgentRow, loadAgents } from './lists.ts'
import { aiMessages } from './messages.ts'
import { OpenButton } from './open-button.tsx'
import { useAiSearch } from './use-ai-search.ts'

/** AI settings of agents: supervisors change those of their team; agents read their own. */
export function SettingsTab() {
  const { settings: texts } = useMessages(aiMessages)
  const { api } = useConsole()
  const [{ id }] = useAiSearch()
  const agents = useQuery({
    queryKey: ['ai', 'list', 'agents'],
    queryFn: ({ signal }) => loadAgents(api, signal),
    staleTime: 0,
  })
  return (
    <Loaded query={agents}>
      {(rows) => {
        if (id === undefined) return <AgentList rows={rows} />
        const row = rows.find(({ agent }) => String(agent.id) === id)
        return <AgentSettings id={id} name={row?.agent.name ?? texts.list} />
      }}
    </Loaded>
  )
}

function AgentList({ rows }: { rows: readonly AgentRow[] }) {
  const { settings: texts } = useMessages(aiMessages)
  const { claims } = useConsole()
  const [, setSearch] = useAiSearch()
  const [text, setText] = useState('')
  // Agents see their colleagues, but only settings of their own.
  const visible = rows.filter((row) => claims.role !== 'user' || row.hasSettings)
  const wanted = text.toLowerCase()
  const shown = visible.filter(({ agent: { name, team } }) =>
    [name, team ?? ''].some((one) => one.toLowerCase().includes(wanted)),
  )
  if (visible.length === 0) return <EmptyState title={texts.empty} />
  return (
    <>
      <div className={styles.tools}>
        <SearchField label={texts.filter} value={text} onSearch={setText} />
      </div>
      {shown.length === 0 && <EmptyState title={texts.noMatch} />}
      <ul aria-label={texts.list}>
        {shown.map(({ agent, hasSettings }) => (
          <li key={agent.id} className={styles.row}>
            <div className={styles.main}>
              <OpenButton
                name={agent.name}
                onOpen={() => setSearch({ tab: 'settings', id: String(agent.id) })}
              />
              <p className={styles.soft}>
                {agent.agentType === 'AI' ? texts.ai : texts.human}
                {agent.team !== null && (
                  <>
                    {' · '}
                    <bdi>{texts.team(agent.team)}</bdi>
                  </>
                )}
                {' · '}
                {hasSettings ? texts.has : texts.none}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </>
  )
}

/** As the API has them for members that are left out. */
const DEFAULTS = { language: 'en-US', maxResponseTokens: '500', temperature: '0.7' }

function AgentSettings({ id, name }: { id: string; name: string }) {
  const { settings: texts } = useMessages(aiMessages)
  const { api, claims } = useConsole()
  const access = useMemo(() => settingsAccess(api, id), [api, id])
  return (
    <>
      <BackButton tab="settings" />
      <DocumentPage
        access={access}
        canWrite={claims.role !== 'user'}
        headingOf={() => texts.heading(name)}
        noteOf={(version) => version === 0 && <Notice isSilent>{texts.noneYet}</Notice>}
        defaults={DEFAULTS}
        deletion={{ titleOf: () => texts.deleteTitle(name), what: texts.deleteWhat }}
      />
    </>
  )
}
