import { useMessages } from '../../i18n/messages.ts'
import { signInMessages } from './messages.ts'
import styles from './sign-in.module.css'
import type { SignInOptions } from './sign-in-options.tsx'

/** Links, since a browser leaves the page; the provider leads back to where it was. */
export function ProviderButtons({ providers }: Pick<SignInOptions, 'providers'>) {
  const texts = useMessages(signInMessages)
  const back = new URLSearchParams({ return_to: location.pathname + location.search })
  if (providers.length === 0) return null
  return (
    <ul className={styles.ways}>
      {providers.map(({ id, name }) => (
        <li key={id}>
          <a className={styles.provider} href={`/api/v1/sign-in/providers/${id}/start?${back}`}>
            {texts.signInWith(name)}
          </a>
        </li>
      ))}
    </ul>
  )
}
