import 'hookswitch:styles'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Root } from './root.tsx'
import { createSession } from './session/session.ts'
import { createTabChannel } from './session/tab-channel.ts'
import { applyTheme } from './theme.ts'

applyTheme()
const channel = createTabChannel()
const session = createSession(channel)
const container = document.getElementById('root')
if (container !== null) {
  createRoot(container).render(
    <StrictMode>
      <Root session={session} channel={channel} />
    </StrictMode>,
  )
}
