import type { Wire } from '../../../api/client.ts'
import { Button } from '../../../components/button.tsx'
import { formatTime } from '../../../i18n/format.ts'
import { useLanguage, useMessages } from '../../../i18n/messages.ts'
import { named } from '../accessible-name.ts'
import styles from '../admin.module.css'
import { Badge } from '../badge.tsx'
import { Facts } from '../facts.tsx'
import { tokenMessages } from './messages.ts'

const TONES = { active: 'success', revoked: 'danger', expired: 'warning' } as const

export function TokenRow({ token, onRevoke }: { token: Wire<'ServiceToken'>; onRevoke(): void }) {
  const texts = useMessages(tokenMessages)
  const language = useLanguage()
  const { name, state, networks, last_used_at: lastUsed } = token
  return (
    <>
      <div className={styles.main}>
        <p className={styles.name}>
          <bdi>{name}</bdi>
          <Badge tone={TONES[state]}>{texts.states[state]}</Badge>
        </p>
        <Facts
          facts={[
            [texts.until, formatTime(language, token.expires_at)],
            [texts.lastUsed, lastUsed === null ? texts.never : formatTime(language, lastUsed)],
            [texts.networks, networks.length === 0 ? texts.allNetworks : networks.join(', ')],
            [texts.scopes, token.scopes.map((scope) => texts.scopeWords[scope]).join('; ')],
          ]}
        />
      </div>
      {state === 'active' && (
        <div className={styles.actions}>
          <Button aria-label={named(texts.revoke, name)} onClick={onRevoke}>
            {texts.revoke}
          </Button>
        </div>
      )}
    </>
  )
}
