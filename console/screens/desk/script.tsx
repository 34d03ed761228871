import { Section } from '../../components/section.tsx'
import { useMessages } from '../../i18n/messages.ts'
import styles from './desk.module.css'
import { deskMessages } from './messages.ts'
import type { Desk } from './wire.ts'

/** What the campaign’s agents read out. */
export function Script({ campaign }: { campaign: Desk['campaign'] }) {
  const { script: texts } = useMessages(deskMessages)
  const text = campaign?.script.trim() ?? ''
  const none = campaign === null ? texts.noCampaign : texts.none
  return (
    <Section title={campaign === null ? texts.title : `${texts.title}: ${campaign.name}`}>
      {text === '' ? (
        <p className={styles.soft}>{none}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a long script scrolls, also by the arrow keys
        <div className={styles.script} tabIndex={0}>
          {text}
        </div>
      )}
    </Section>
  )
}
