import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { dataOf, type Wire } from '../../api/client.ts'
import { useConsole } from '../../app/console-context.ts'
import { IconButton } from '../../components/button.tsx'
import { callMessages } from '../../components/calls/messages.ts'
import { useCallStored } from '../../components/calls/use-call-stored.ts'
import { usePhone } from '../../components/calls/use-phone.ts'
import { Icon } from '../../components/icon.tsx'
import { Loaded } from '../../components/loaded.tsx'
import { EmptyState } from '../../components/notice.tsx'
import { Section } from '../../components/section.tsx'
import { formatDuration, formatTime } from '../../i18n/format.ts'
import { useLanguage, useMessages } from '../../i18n/messages.ts'
import { todayMessages } from './messages.ts'
import styles from './today.module.css'

const SHOWN = 6
const RECENT_KEY = ['history', 'recent'] as const

/** The last calls of the user, each to be called back. */
export function RecentSection() {
  const { recent: texts } = useMessages(todayMessages)
  const { api, claims } = useConsole()
  const queries = useQueryClient()
  // Users see their own calls alone; others name the user.
  const calls = useQuery({
    queryKey: RECENT_KEY,
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/calls/history', {
          params: { query: { limit: SHOWN, ...(claims.role === 'user' ? {} : { user_id: claims.userId }) } },
          signal,
        }),
      ),
  })
  useCallStored(() => void queries.invalidateQueries({ queryKey: RECENT_KEY }))
  return (
    <Section title={texts.title}>
      <Loaded query={calls}>
        {({ calls: list }) =>
          list.length === 0 ? (
            <EmptyState title={texts.empty} />
          ) : (
            <ul className={styles.rows}>
              {list.map((call) => (
                <RecentCall key={call.id} call={call} />
              ))}
            </ul>
          )
        }
      </Loaded>
      <Link className={styles.link} to="/history">
        {texts.all}
      </Link>
    </Section>
  )
}

function RecentCall({ call }: { call: Wire<'PastCall'> }) {
  const { recent: texts } = useMessages(todayMessages)
  const { outcomes, unknownCaller } = useMessages(callMessages)
  const language = useLanguage()
  const { claims } = useConsole()
  const phone = usePhone()
  const isOutgoing = call.from.number === claims.extension
  const other = isOutgoing ? call.to : call.from
  const name = other.name || other.number || unknownCaller
  const kind = isOutgoing ? 'outgoing' : call.missed ? 'missed' : 'incoming'
  const length = call.billable > 0 ? formatDuration(call.billable) : outcomes[call.outcome]
  return (
    <li className={styles.row}>
      <span role="img" aria-label={texts[kind]} title={texts[kind]}>
        <Icon name={kind} />
      </span>
      <div>
        <p className={styles.name}>{name}</p>
        <p className={styles.soft}>
          {formatTime(language, call.started_at)} · {length}
        </p>
      </div>
      <IconButton
        label={texts.callBack(name)}
        disabled={!phone.canDial || other.number === ''}
        onClick={() => void phone.dial(other.number, name)}
      >
        <Icon name="phone" />
      </IconButton>
    </li>
  )
}
