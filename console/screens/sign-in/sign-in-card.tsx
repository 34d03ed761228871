import { type ReactNode, useEffect } from 'react'
import { SelectField } from '../../components/field.tsx'
import { LANGUAGE_NAMES, LANGUAGES, setLanguage } from '../../i18n/language.ts'
import { useLanguage, useMessages } from '../../i18n/messages.ts'
import { signInMessages } from './messages.ts'
import styles from './sign-in.module.css'

/** The frame of every page for people who are not signed in, with the choice of the language. */
export function SignInCard({ title, children }: { title: string; children: ReactNode }) {
  const texts = useMessages(signInMessages)
  const language = useLanguage()
  useEffect(() => {
    document.title = `${title} · Hookswitch`
  }, [title])
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <p className={styles.brand}>Hookswitch</p>
        <h1>{title}</h1>
        {children}
        <SelectField
          label={texts.language}
          value={language}
          onChange={(event) => setLanguage(LANGUAGES.find((one) => one === event.target.value) ?? 'en')}
        >
          {LANGUAGES.map((one) => (
            <option key={one} value={one} lang={one}>
              {LANGUAGE_NAMES[one]}
            </option>
          ))}
        </SelectField>
      </div>
    </main>
  )
}
