import { getLanguage, onLanguageChange } from '../../i18n/language.ts'

/** The names that an installation takes are those of the language that is shown. */
export function followManifestLanguage(): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel=manifest]')
  const apply = () => {
    const path = `/console/manifest.${getLanguage()}.webmanifest`
    if (link !== null && link.getAttribute('href') !== path) link.href = path
  }
  apply()
  onLanguageChange(apply)
}
