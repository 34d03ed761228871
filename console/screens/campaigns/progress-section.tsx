import { Section } from '../../components/section.tsx'
import { formatNumber, formatTime } from '../../i18n/format.ts'
import { useLanguage, useMessages } from '../../i18n/messages.ts'
import styles from './campaigns.module.css'
import { campaignMessages } from './messages.ts'
import type { Readiness } from './use-campaigns.ts'

/** How far the campaign is. */
export function ProgressSection({ readiness }: { readiness: Readiness }) {
  const { progress: texts } = useMessages(campaignMessages)
  const language = useLanguage()
  const number = (value: number) => formatNumber(language, value)
  const { leads, attempts, last_outcomes: outcomes, free_agents: free, next_try_at: next } = readiness
  const inQueue = leads.waiting + leads.dialing + leads.done
  const text = inQueue === 0 ? texts.none : texts.ofLeads(number(leads.done), number(inQueue))
  return (
    <Section title={texts.title}>
      <label>
        {text}
        <progress className={styles.bar} value={leads.done} max={Math.max(1, inQueue)} />
      </label>
      <dl className={styles.figures}>
        {[
          [texts.waiting, number(leads.waiting)],
          [texts.dialing, number(leads.dialing)],
          [texts.done, number(leads.done)],
          [texts.reached, number(outcomes.answered ?? 0)],
          [texts.attempts, number(attempts)],
          [texts.free, number(free)],
          ...(next === null ? [] : [[texts.next, formatTime(language, next)]]),
        ].map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Section>
  )
}
