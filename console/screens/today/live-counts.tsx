import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { dataOf } from '../../api/client.ts'
import { useConsole } from '../../app/console-context.ts'
import { Loaded } from '../../components/loaded.tsx'
import { Section } from '../../components/section.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { countStates } from './count-states.ts'
import { todayMessages } from './messages.ts'
import styles from './today.module.css'

const POLL_MS = 3_000

/** How many calls of those whom the user oversees are live. */
export function LiveSection() {
  const { live: texts } = useMessages(todayMessages)
  const { api } = useConsole()
  const calls = useQuery({
    queryKey: ['live-calls'],
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/calls', { signal })),
    refetchInterval: POLL_MS,
  })
  return (
    <Section title={texts.title}>
      <Loaded query={calls}>
        {({ calls: list }) => {
          const { total, connected, ringing, waiting } = countStates(list)
          return (
            <>
              <p className={styles.big}>{texts.calls(total)}</p>
              <p className={styles.soft}>{texts.states(connected, ringing, waiting)}</p>
            </>
          )
        }}
      </Loaded>
      <Link className={styles.link} to="/live">
        {texts.open}
      </Link>
    </Section>
  )
}
