import { Loaded } from '../../components/loaded.tsx'
import { Notice } from '../../components/notice.tsx'
import { Section } from '../../components/section.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { systemMessages } from './messages.ts'
import { useCapabilities } from './queries.ts'
import styles from './system.module.css'

/** How each command for a call is carried out here. */
export function CapabilityList() {
  const texts = useMessages(systemMessages)
  return (
    <Section title={texts.capabilities}>
      <Loaded query={useCapabilities()}>
        {({ online, commands }) => (
          <>
            {online ? <p>{texts.online}</p> : <Notice tone="warning">{texts.offline}</Notice>}
            <dl className={styles.facts}>
              {Object.entries(commands).flatMap(([command, way]) => [
                <dt key={command}>{texts.commands[command] ?? command}</dt>,
                <dd key={`${command} way`} data-way={way}>
                  {texts.ways[way]}
                </dd>,
              ])}
            </dl>
          </>
        )}
      </Loaded>
    </Section>
  )
}
