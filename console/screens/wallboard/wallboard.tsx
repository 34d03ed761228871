import { useEffect, useState } from 'react'
import type { Wire } from '../../api/client.ts'
import { byState } from '../../components/board/agent-states.ts'
import { Measures } from '../../components/board/measures.tsx'
import { boardWords } from '../../components/board/messages.ts'
import { StateClock } from '../../components/board/state-clock.tsx'
import { useNowS } from '../../components/calls/clock.tsx'
import { EmptyState, Notice } from '../../components/notice.tsx'
import { clockOffset } from '../../components/server-clock.ts'
import { formatFullTime, formatNumber } from '../../i18n/format.ts'
import { useLanguage, useMessages } from '../../i18n/messages.ts'
import { followWallboard, type WallboardState } from './follow.ts'
import { wallboardMessages } from './messages.ts'
import { takeWallboardToken } from './token.ts'
import { keepScreenOn } from './wake-lock.ts'
import styles from './wallboard.module.css'

/** A board on a big screen: it needs a link, no sign-in and no hand. */
export function WallboardPage() {
  const texts = useMessages(wallboardMessages)
  const [token] = useState(takeWallboardToken)
  const [{ board, receivedMs, isRefused }, setState] = useState<WallboardState>({})
  useEffect(() => (token === undefined ? undefined : followWallboard(token, setState)), [token])
  useEffect(keepScreenOn, [])
  useEffect(() => {
    document.title = board?.name ?? texts.title
  }, [board?.name, texts])
  if (token === undefined || isRefused === true) {
    return (
      <main className={styles.message}>
        <h1>{texts.title}</h1>
        <EmptyState title={token === undefined ? texts.noLink : texts.refused}>
          <p>{texts.askForLink}</p>
        </EmptyState>
      </main>
    )
  }
  if (board === undefined || receivedMs === undefined) {
    return (
      <main className={styles.message}>
        <h1>{texts.title}</h1>
        <EmptyState title={texts.connecting} />
      </main>
    )
  }
  return <Screen board={board} receivedMs={receivedMs} />
}

function Screen({ board, receivedMs }: { board: Wire<'Wallboard'>; receivedMs: number }) {
  const texts = useMessages(wallboardMessages)
  const words = useMessages(boardWords)
  const { agents, campaigns, calls, today } = board
  return (
    <main className={styles.screen}>
      <header className={styles.head}>
        <h1>{board.name}</h1>
        <p>{board.team ?? texts.allTeams}</p>
        <Today calls={calls} today={today} />
      </header>
      <Age receivedMs={receivedMs} />
      {!board.online && <Notice tone="warning">{words.pbxAway}</Notice>}
      <div className={styles.measures}>
        <Measures measures={board.measures} />
      </div>
      <div className={styles.main}>
        <Agents agents={agents} offsetMs={clockOffset(board.at, receivedMs)} />
        {campaigns.length > 0 && <Campaigns campaigns={campaigns} />}
      </div>
    </main>
  )
}

/** A moment without an answer is normal. */
const OLD_AFTER_S = 5

/** Shows when the figures are old, and since when. */
function Age({ receivedMs }: { receivedMs: number }) {
  const texts = useMessages(wallboardMessages)
  const language = useLanguage()
  const isOld = useNowS() - receivedMs / 1_000 > OLD_AFTER_S
  return (
    <div role="status">
      {isOld && <Notice tone="danger">{texts.old(formatFullTime(language, receivedMs))}</Notice>}
    </div>
  )
}

function Today({ calls, today }: Pick<Wire<'Wallboard'>, 'calls' | 'today'>) {
  const texts = useMessages(wallboardMessages)
  const language = useLanguage()
  const facts: readonly [string, string][] = [
    [texts.callsNow, formatNumber(language, calls.total)],
    [texts.callsToday, formatNumber(language, today.calls)],
    [texts.answeredToday, formatNumber(language, today.answered)],
  ]
  return (
    <dl className={styles.today}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Agents({ agents, offsetMs }: { agents: Wire<'Wallboard'>['agents']; offsetMs: number }) {
  const words = useMessages(boardWords)
  if (agents.length === 0) return <EmptyState title={words.noAgents} />
  const present = byState(agents.filter(({ state }) => state !== 'offline')).flatMap(
    ({ agents: some }) => some,
  )
  const offline = agents.filter(({ state }) => state === 'offline')
  return (
    <div className={styles.agents} data-density={densityOf(present.length)}>
      <ul>
        {present.map(({ name, state, since, until }, n) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: agents without names have no other key, and no state of their own
          <li key={n} className={styles.agent} data-state={state} data-name={name ?? undefined}>
            {name !== null && <b className={styles.name}>{name}</b>}
            <span>{words.states[state]}</span>
            <StateClock since={since} until={until} offsetMs={offsetMs} />
          </li>
        ))}
      </ul>
      {offline.length > 0 && (
        <p className={styles.offline}>
          {words.states.offline} ({offline.length})
          {offline.some(({ name }) => name !== null) &&
            `: ${offline.flatMap(({ name }) => name ?? []).join(' · ')}`}
        </p>
      )}
    </div>
  )
}

/** Few agents are shown large. */
const densityOf = (count: number) =>
  count <= 6 ? 'fewest' : count <= 15 ? 'few' : count <= 35 ? 'some' : 'many'

function Campaigns({ campaigns }: Pick<Wire<'Wallboard'>, 'campaigns'>) {
  const texts = useMessages(wallboardMessages)
  const language = useLanguage()
  return (
    <table className={styles.campaigns}>
      <caption>{texts.leads}</caption>
      <thead>
        <tr>
          <th scope="col">{texts.campaign}</th>
          <th scope="col">{texts.waiting}</th>
          <th scope="col">{texts.due}</th>
        </tr>
      </thead>
      <tbody>
        {campaigns.map(({ name, status, waiting_leads, due_leads }, n) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two campaigns may have one name
          <tr key={n}>
            <th scope="row">
              <bdi>{name}</bdi>
              {status === 'paused' && ` (${texts.paused})`}
            </th>
            <td>{formatNumber(language, waiting_leads)}</td>
            <td>{formatNumber(language, due_leads)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
