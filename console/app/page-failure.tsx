import { Button } from '../components/button.tsx'
import { EmptyState } from '../components/notice.tsx'
import { getLanguage, type Language } from '../i18n/language.ts'
import styles from './root.module.css'

/** Not in the catalogues: this is shown when a file of texts could not be loaded. */
const TEXTS: Record<Language, { title: string; reload: string }> = {
  en: { title: 'The page could not be loaded.', reload: 'Load the page again' },
  ru: { title: 'Не удалось загрузить страницу.', reload: 'Перезагрузить страницу' },
  es: { title: 'No se pudo cargar la página.', reload: 'Recargar la página' },
}

/** In place of the whole page. */
export function PageFailure() {
  const { title, reload } = TEXTS[getLanguage()]
  return (
    <div className={styles.splash} role="alert">
      <EmptyState title={title}>
        <Button onClick={() => location.reload()}>{reload}</Button>
      </EmptyState>
    </div>
  )
}
