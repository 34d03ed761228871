import { useId } from 'react'
import { useMessages } from '../../i18n/messages.ts'
import styles from './ai.module.css'
import { aiMessages } from './messages.ts'
import { findOddBraces, findPlaceholders } from './placeholders.ts'

/** The placeholders of a prompt as the API finds them, and what resembles one and is none. */
export function PlaceholderList({ content }: { content: string }) {
  const { placeholders: texts } = useMessages(aiMessages)
  const id = useId()
  const names = findPlaceholders(content)
  const odd = findOddBraces(content)
  return (
    <div className={styles.placeholders}>
      <p id={id}>{texts.title}</p>
      <p className={styles.soft}>{texts.what}</p>
      {names.length === 0 ? (
        <p className={styles.soft}>{texts.none}</p>
      ) : (
        <ul aria-labelledby={id}>
          {names.map((name) => (
            <li key={name}>
              <code>{`{{${name}}}`}</code>
            </li>
          ))}
        </ul>
      )}
      {odd.length > 0 && (
        <p>
          {texts.odd} <code>{odd.join(' ')}</code>
        </p>
      )}
    </div>
  )
}
