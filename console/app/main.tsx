import 'hookswitch:styles'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { accountPageAt } from '../screens/sign-in/account-pages.ts'
import { ErrorBoundary } from './error-boundary.tsx'
import { watchInstallPrompt } from './install/install-prompt.ts'
import { followManifestLanguage } from './install/manifest-link.ts'
import { PageFailure } from './page-failure.tsx'
import { isWallboard, Root } from './root.tsx'
import { createSession } from './session/session.ts'
import { createTabChannel } from './session/tab-channel.ts'
import { applyTheme } from './theme.ts'

applyTheme()
watchInstallPrompt()
followManifestLanguage()
const channel = createTabChannel()
// Such a page shows no shell, so that other tabs would wait in vain for the streams and the phone of such a leader.
const hasShell = accountPageAt(location.pathname) === undefined && !isWallboard(location.pathname)
const session = createSession(channel, { mayLead: hasShell })
const container = document.getElementById('root')
if (container !== null) {
  createRoot(container).render(
    <StrictMode>
      <ErrorBoundary fallback={<PageFailure />}>
        <Root session={session} channel={channel} />
      </ErrorBoundary>
    </StrictMode>,
  )
}
