import { LANGUAGES, type Language } from '../../core/auth/users.ts'

const TEXTS: Record<Language, { title: string; text: string; again: string; back: string }> = {
  en: {
    title: 'The sign-in service does not answer',
    text: 'Nothing is wrong with your account. Try again in a moment.',
    again: 'Try again',
    back: 'To the sign-in page',
  },
  ru: {
    title: 'Служба входа не отвечает',
    text: 'С вашей учётной записью всё в порядке. Попробуйте ещё раз через минуту.',
    again: 'Попробовать ещё раз',
    back: 'На страницу входа',
  },
  es: {
    title: 'El servicio de inicio de sesión no responde',
    text: 'Su cuenta no tiene ningún problema. Inténtelo de nuevo en un momento.',
    again: 'Intentarlo de nuevo',
    back: 'A la página de inicio de sesión',
  },
}

/** No script, no style, no form. */
export const PAGE_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/**
 * The page of a 503 where a browser opened the address itself.
 * @param acceptLanguage of the request
 * @param againPath where to try again: letters, digits and `/ - : ?`, as no text of a client is in it
 */
export function providerAwayPage(acceptLanguage: string, againPath: string): string {
  const wanted = acceptLanguage.slice(0, 2).toLowerCase()
  const language = LANGUAGES.find((one) => one === wanted) ?? 'en'
  const { title, text, again, back } = TEXTS[language]
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title></head>
<body>
<h1>${title}</h1>
<p>${text}</p>
<p><a href="${againPath}">${again}</a></p>
<p><a href="/console/">${back}</a></p>
</body>
</html>
`
}
