import { lazy, Suspense } from 'react'
import { useConsole } from '../../app/console-context.ts'
import { appMessages } from '../../app/messages.ts'
import { SelectField } from '../../components/field.tsx'
import { componentMessages } from '../../components/messages.ts'
import { EmptyState } from '../../components/notice.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { useMessages } from '../../i18n/messages.ts'
import styles from './board.module.css'
import { boardMessages } from './messages.ts'
import { BOARD_TABS, type BoardTab } from './search.ts'
import { useTeams } from './use-board.ts'
import { useBoardSearch } from './use-board-search.ts'

/** Each tab is a download of its own. */
const TABS = {
  now: lazy(() => import('./now/now-tab.tsx').then((it) => ({ default: it.NowTab }))),
  figures: lazy(() => import('./figures/figures-tab.tsx').then((it) => ({ default: it.FiguresTab }))),
  links: lazy(() => import('./links/links-tab.tsx').then((it) => ({ default: it.LinksTab }))),
} as const satisfies Record<BoardTab, unknown>

/** Agents, calls and leads at this moment, and figures of past days; for those who oversee others. */
export function BoardScreen() {
  const title = useMessages(appMessages).screens.board
  const texts = useMessages(boardMessages)
  const { claims } = useConsole()
  return (
    <>
      <div className={styles.head}>
        <h1>{title}</h1>
        {claims.role === 'admin' && <TeamFilter />}
      </div>
      {claims.role === 'user' ? <EmptyState title={texts.onlyOverseers} /> : <BoardTabs title={title} />}
    </>
  )
}

function BoardTabs({ title }: { title: string }) {
  const texts = useMessages(boardMessages)
  const { loading } = useMessages(componentMessages)
  const [{ tab = 'now' }, setSearch] = useBoardSearch()
  const Tab = TABS[tab]
  return (
    <Tabs
      label={title}
      tabs={BOARD_TABS.map((name) => ({ name, label: texts.tabs[name] }))}
      selected={tab}
      onSelect={(name) => setSearch({ tab: name, id: '' })}
    >
      <Suspense fallback={<EmptyState title={loading} />}>
        <Tab />
      </Suspense>
    </Tabs>
  )
}

function TeamFilter() {
  const texts = useMessages(boardMessages)
  const [{ team = '' }, setSearch] = useBoardSearch()
  const teams = useTeams()
  if (teams.length === 0 && team === '') return null
  return (
    <SelectField
      label={texts.team}
      value={team}
      onChange={(event) => setSearch({ team: event.target.value, id: '' })}
    >
      <option value="">{texts.allTeams}</option>
      {[...new Set([...teams, ...(team === '' ? [] : [team])])].map((one) => (
        <option key={one} value={one}>
          {one}
        </option>
      ))}
    </SelectField>
  )
}
