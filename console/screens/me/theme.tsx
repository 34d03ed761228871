import { useState } from 'react'
import { getTheme, setTheme, THEMES } from '../../app/theme.ts'
import { Section } from '../../components/section.tsx'
import { useMessages } from '../../i18n/messages.ts'
import styles from './me.module.css'
import { meMessages } from './messages.ts'

/** The colours of this browser. */
export function ThemeSection() {
  const { theme: texts } = useMessages(meMessages)
  const [chosen, setChosen] = useState(getTheme)
  return (
    <Section title={texts.title}>
      <fieldset className={styles.choices}>
        <legend className="visually-hidden">{texts.legend}</legend>
        {THEMES.map((theme) => (
          <label key={theme} className={styles.choice}>
            <input
              type="radio"
              name="theme"
              checked={theme === chosen}
              onChange={() => {
                setTheme(theme)
                setChosen(theme)
              }}
            />
            {texts.names[theme]}
          </label>
        ))}
      </fieldset>
    </Section>
  )
}
