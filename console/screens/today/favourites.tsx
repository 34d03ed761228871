import { Link } from '@tanstack/react-router'
import { useConsole } from '../../app/console-context.ts'
import { Button, IconButton } from '../../components/button.tsx'
import { callMessages } from '../../components/calls/messages.ts'
import { usePhone } from '../../components/calls/use-phone.ts'
import { useErrorText } from '../../components/error-text.ts'
import { Icon } from '../../components/icon.tsx'
import { componentMessages } from '../../components/messages.ts'
import { EmptyState } from '../../components/notice.tsx'
import type { Contact } from '../../components/people/directory.ts'
import { PresenceBadge } from '../../components/people/presence-badge.tsx'
import { useContacts } from '../../components/people/use-contacts.ts'
import { Section } from '../../components/section.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { todayMessages } from './messages.ts'
import styles from './today.module.css'

/** The people whom the user has marked, with their presence. */
export function FavouritesSection() {
  const { favourites: texts } = useMessages(todayMessages)
  const { loading, retry } = useMessages(componentMessages)
  const describeError = useErrorText()
  const { contacts, isLoading, error, retry: readAgain } = useContacts()
  const favourites = contacts.filter(({ isFavourite }) => isFavourite)
  return (
    <Section title={texts.title}>
      {isLoading && <EmptyState title={loading} />}
      {error !== null && (
        <EmptyState title={describeError(error)}>
          <Button onClick={readAgain}>{retry}</Button>
        </EmptyState>
      )}
      {!isLoading && error === null && favourites.length === 0 && <EmptyState title={texts.empty} />}
      <ul className={styles.rows}>
        {favourites.map((contact) => (
          <Favourite key={contact.extension} contact={contact} />
        ))}
      </ul>
      <Link className={styles.link} to="/people">
        {texts.all}
      </Link>
    </Section>
  )
}

function Favourite({ contact: { name, extension } }: { contact: Contact }) {
  const { call } = useMessages(callMessages)
  const { claims } = useConsole()
  const phone = usePhone()
  return (
    <li className={styles.row}>
      <Icon name="star" />
      <div>
        <p className={styles.name}>
          {name} <span className={styles.soft}>{extension}</span>
        </p>
        <PresenceBadge extension={extension} />
      </div>
      <IconButton
        label={call(name)}
        disabled={!phone.canDial || extension === claims.extension}
        onClick={() => void phone.dial(extension, name)}
      >
        <Icon name="phone" />
      </IconButton>
    </li>
  )
}
