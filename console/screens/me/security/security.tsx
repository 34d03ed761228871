import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { dataOf, type Wire } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { Button } from '../../../components/button.tsx'
import { Loaded } from '../../../components/loaded.tsx'
import { Notice } from '../../../components/notice.tsx'
import { Section } from '../../../components/section.tsx'
import { formatTime } from '../../../i18n/format.ts'
import { useLanguage, useMessages } from '../../../i18n/messages.ts'
import styles from '../me.module.css'
import { AppPasswords } from './app-passwords.tsx'
import { type FactorAct, FactorDialog } from './factor-dialog.tsx'
import { securityMessages } from './messages.ts'

const FACTORS_KEY = ['second-factors'] as const

/** Second factors and app passwords of the user. */
export function SecuritySection() {
  const texts = useMessages(securityMessages)
  const { api } = useConsole()
  const queries = useQueryClient()
  const [act, setAct] = useState<FactorAct>()
  const factors = useQuery({
    queryKey: FACTORS_KEY,
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/me/second-factors', { signal })),
  })
  return (
    <Section title={texts.title}>
      <p>{texts.intro}</p>
      <Loaded query={factors}>
        {(data) =>
          data.available ? <Factors factors={data} onAct={setAct} /> : <Notice>{texts.atProvider}</Notice>
        }
      </Loaded>
      <AppPasswords />
      {act !== undefined && (
        <FactorDialog
          act={act}
          onClose={() => {
            setAct(undefined)
            void queries.invalidateQueries({ queryKey: FACTORS_KEY })
          }}
        />
      )}
    </Section>
  )
}

function Factors({ factors, onAct }: { factors: Wire<'SecondFactors'>; onAct(act: FactorAct): void }) {
  const texts = useMessages(securityMessages)
  const language = useLanguage()
  const { totp, passkeys, recovery_codes_left: codesLeft, required, passkeys_offered: isOffered } = factors
  const timeOf = (time: string) => formatTime(language, time)
  return (
    <>
      {required && <p>{texts.required}</p>}
      <h3>{texts.app}</h3>
      <div className={styles.actions}>
        <p className={styles.soft}>{totp === null ? texts.none : texts.appSince(timeOf(totp.created_at))}</p>
        {totp === null ? (
          <Button onClick={() => onAct({ kind: 'add-app' })}>{texts.addApp}</Button>
        ) : (
          <Button aria-label={texts.removeApp} onClick={() => onAct({ kind: 'remove-app' })}>
            {texts.remove}
          </Button>
        )}
      </div>
      <h3>{texts.passkeys}</h3>
      <p className={styles.soft}>{isOffered ? texts.passkeysWhat : texts.notOffered}</p>
      <ul className={styles.sessions}>
        {passkeys.map(({ id, name, created_at, last_used_at }) => (
          <li key={id} className={styles.session}>
            <div>
              <p className={styles.device}>{name}</p>
              <p className={styles.soft}>
                {texts.used(timeOf(created_at), last_used_at === null ? undefined : timeOf(last_used_at))}
              </p>
            </div>
            <Button
              aria-label={texts.removeNamed(name)}
              onClick={() => onAct({ kind: 'remove-passkey', id, name })}
            >
              {texts.remove}
            </Button>
          </li>
        ))}
      </ul>
      {isOffered && (
        <div className={styles.actions}>
          <Button onClick={() => onAct({ kind: 'add-passkey' })}>{texts.addPasskey}</Button>
        </div>
      )}
      {(totp !== null || passkeys.length > 0) && (
        <>
          <h3>{texts.codes}</h3>
          <div className={styles.actions}>
            <p className={styles.soft}>{texts.codesLeft(codesLeft)}</p>
            <Button onClick={() => onAct({ kind: 'new-codes' })}>{texts.newCodes}</Button>
          </div>
        </>
      )}
    </>
  )
}
