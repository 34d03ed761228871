import { useMemo } from 'react'
import { useConsole } from '../../app/console-context.ts'
import { Notice } from '../../components/notice.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { configAccess } from './document-access.ts'
import { DocumentPage } from './document-page.tsx'
import { aiMessages } from './messages.ts'

/** The configuration of all AI agents: administrators change it, supervisors read it. */
export function ConfigTab() {
  const { config: texts } = useMessages(aiMessages)
  const { api, claims } = useConsole()
  const access = useMemo(() => configAccess(api), [api])
  return (
    <DocumentPage
      access={access}
      canWrite={claims.role === 'admin'}
      headingOf={() => texts.heading}
      noteOf={(version) => (
        <>
          {version === 0 && <Notice isSilent>{texts.defaults}</Notice>}
          {claims.role === 'admin' && <p>{texts.noKeys}</p>}
        </>
      )}
    />
  )
}
