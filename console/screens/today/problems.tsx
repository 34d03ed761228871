import { useConsole, useSelected } from '../../app/console-context.ts'
import { useMicrophoneState } from '../../app/microphone-state.ts'
import { Icon } from '../../components/icon.tsx'
import { useCapabilities } from '../../components/use-capabilities.ts'
import { useMessages } from '../../i18n/messages.ts'
import { todayMessages } from './messages.ts'
import styles from './today.module.css'

const POLL_MS = 30_000

/** What does not work and why, in words. Nothing is shown while all works. */
export function Problems() {
  const { problems: texts } = useMessages(todayMessages)
  const found = useProblems()
  return (
    <div role="status">
      {found.length > 0 && (
        <section className={styles.problems}>
          <h2>
            <Icon name="warning" />
            {texts.title}
          </h2>
          <ul>
            {found.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}

function useProblems(): string[] {
  const { problems: texts } = useMessages(todayMessages)
  const { live, claims } = useConsole()
  const { data: capabilities } = useCapabilities({ refreshMs: POLL_MS })
  const microphone = useMicrophoneState()
  const mine = useSelected(live.presence, (all) =>
    claims.extension === undefined ? undefined : all?.[claims.extension],
  )

  const problems: string[] = []
  if (claims.extension === undefined) problems.push(texts.noExtension)
  if (capabilities?.online === false) problems.push(texts.pbx)
  else if (mine?.state === 'Unavailable' && (mine.status ?? 'available') === 'available')
    problems.push(texts.noPhone)
  const missing = Object.entries(capabilities?.commands ?? {})
    .filter(([name, by]) => by === 'none' && texts.commandNames[name] !== undefined)
    .map(([name]) => texts.commandNames[name])
  // While the PBX is away, nothing is known about it.
  if (capabilities?.online === true && missing.length > 0) problems.push(texts.commands(missing.join(', ')))
  // A permission that the browser will request is no failure.
  if (claims.extension !== undefined && microphone !== 'granted' && microphone !== 'prompt')
    problems.push(texts[microphone])
  return problems
}
