import type { Wire } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { useErrorText } from '../../../components/error-text.ts'
import { Menu } from '../../../components/menu.tsx'
import { showToast } from '../../../components/toast.tsx'
import { formatTime } from '../../../i18n/format.ts'
import { useLanguage, useMessages } from '../../../i18n/messages.ts'
import styles from '../admin.module.css'
import { Badge } from '../badge.tsx'
import { Facts } from '../facts.tsx'
import { adminMessages } from '../messages.ts'
import { useAdminSearch } from '../use-admin-search.ts'
import { useChangeUser } from './change-user.ts'
import { peopleMessages } from './messages.ts'

/** What opens a dialog. */
export type PersonAction = 'edit' | 'set-password' | 'authority' | 'reset-factors' | 'disable' | 'delete'

/** One account, and what can be done with it. */
export function PersonRow({ user, onAction }: { user: Wire<'User'>; onAction(action: PersonAction): void }) {
  const texts = useMessages(peopleMessages)
  const shared = useMessages(adminMessages)
  const language = useLanguage()
  const { claims } = useConsole()
  const [, setSearch] = useAdminSearch()
  const enable = useEnable(user)
  const goTo = (tab: 'sessions' | 'log') => setSearch({ tab, user: user.id, q: '', role: '', state: '' })
  return (
    <>
      <div className={styles.main}>
        <p className={styles.name}>
          <bdi>{user.display_name}</bdi>
          <Badge>{shared.roles[user.role]}</Badge>
          {user.source !== null && <Badge>{user.source}</Badge>}
          {user.disabled && <Badge tone="danger">{texts.disabled}</Badge>}
          {user.must_change_password && <Badge>{texts.mustChangePassword}</Badge>}
        </p>
        <Facts
          facts={[
            [texts.fields.username, user.username],
            [shared.extension, user.extension],
            [shared.email, user.email],
            [texts.fields.password, texts.authorities[user.password_authority]],
            [
              texts.fields.lastLogin,
              user.last_login_at === null ? texts.fields.never : formatTime(language, user.last_login_at),
            ],
          ]}
        />
      </div>
      <Menu
        label={texts.actions(user.display_name)}
        items={[
          { label: texts.edit, onSelect: () => onAction('edit') },
          { label: texts.sessions, onSelect: () => goTo('sessions') },
          { label: texts.log, onSelect: () => goTo('log') },
          // The server refuses a password here for an account that has it elsewhere.
          user.password_authority === 'local' && {
            label: texts.setPassword,
            onSelect: () => onAction('set-password'),
          },
          { label: texts.authority, onSelect: () => onAction('authority') },
          { label: texts.resetFactors, isDanger: true, onSelect: () => onAction('reset-factors') },
          user.disabled
            ? { label: texts.enable, onSelect: enable }
            : { label: texts.disable, isDanger: true, onSelect: () => onAction('disable') },
          {
            label: texts.delete,
            isDanger: true,
            // The server refuses it, too.
            isDisabled: user.id === claims.userId,
            onSelect: () => onAction('delete'),
          },
        ].filter((item) => item !== false)}
      />
    </>
  )
}

function useEnable({ id, display_name: name }: Wire<'User'>): () => void {
  const texts = useMessages(peopleMessages)
  const change = useChangeUser()
  const describeError = useErrorText()
  return () =>
    void change(id, { disabled: false }).then(
      () => showToast(texts.wasEnabled(name)),
      (err: unknown) => showToast(`${name}: ${describeError(err)}`, 'danger'),
    )
}
