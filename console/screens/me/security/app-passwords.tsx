import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { dataOf, type Wire } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { Button } from '../../../components/button.tsx'
import { ConfirmDialog } from '../../../components/dialog.tsx'
import { useErrorText } from '../../../components/error-text.ts'
import { Loaded } from '../../../components/loaded.tsx'
import { SecretDialog } from '../../../components/secret-dialog.tsx'
import { formatTime } from '../../../i18n/format.ts'
import { useLanguage, useMessages } from '../../../i18n/messages.ts'
import styles from '../me.module.css'
import { SESSIONS_KEY } from '../sessions.tsx'
import { securityMessages } from './messages.ts'
import { PasswordDialog } from './password-dialog.tsx'

const APP_PASSWORDS_KEY = ['app-passwords'] as const

/** Passwords of single devices: each is shown once, and can be revoked. */
export function AppPasswords() {
  const texts = useMessages(securityMessages)
  const language = useLanguage()
  const { api } = useConsole()
  const queries = useQueryClient()
  const describeError = useErrorText()
  const [isAdding, setAdding] = useState(false)
  const [made, setMade] = useState<Wire<'CreatedAppPassword'>>()
  const [revoking, setRevoking] = useState<Wire<'AppPassword'>>()
  const list = useQuery({
    queryKey: APP_PASSWORDS_KEY,
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/me/app-passwords', { signal })),
  })
  const reload = () => queries.invalidateQueries({ queryKey: APP_PASSWORDS_KEY })

  async function create(current_password: string, name: string) {
    setMade(await dataOf(api.POST('/api/v1/me/app-passwords', { body: { name, current_password } })))
    setAdding(false)
    await reload()
  }
  async function revoke(id: string) {
    await api.DELETE('/api/v1/me/app-passwords/{appPasswordId}', {
      params: { path: { appPasswordId: id } },
    })
    await reload()
    await queries.invalidateQueries({ queryKey: SESSIONS_KEY })
  }
  const timeOf = (time: string) => formatTime(language, time)
  return (
    <>
      <h3>{texts.appPasswords}</h3>
      <p className={styles.soft}>{texts.appPasswordsWhat}</p>
      <Loaded query={list}>
        {({ app_passwords }) => (
          <ul className={styles.sessions}>
            {app_passwords.map((one) => (
              <li key={one.id} className={styles.session}>
                <div>
                  <p className={styles.device}>{one.name}</p>
                  <p className={styles.soft}>
                    {texts.used(
                      timeOf(one.created_at),
                      one.last_used_at === null ? undefined : timeOf(one.last_used_at),
                    )}
                  </p>
                </div>
                <Button aria-label={texts.revokeNamed(one.name)} onClick={() => setRevoking(one)}>
                  {texts.revoke}
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      <div className={styles.actions}>
        <Button onClick={() => setAdding(true)}>{texts.addAppPassword}</Button>
      </div>
      {isAdding && (
        <PasswordDialog
          title={texts.addAppPassword}
          nameLabel={texts.deviceName}
          action={texts.addAppPassword}
          onSubmit={create}
          onClose={() => setAdding(false)}
        />
      )}
      {made !== undefined && (
        <SecretDialog
          secret={{ title: made.name, value: made.password, hint: texts.appPasswordOnce }}
          onClose={() => setMade(undefined)}
        />
      )}
      {revoking !== undefined && (
        <ConfirmDialog
          title={texts.revokeNamed(revoking.name)}
          action={texts.revoke}
          onConfirm={() => revoke(revoking.id)}
          onClose={() => setRevoking(undefined)}
          describeError={describeError}
        >
          {texts.revokeWhat}
        </ConfirmDialog>
      )}
    </>
  )
}
