import { Button } from '../../components/button.tsx'
import { Notice } from '../../components/notice.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { useConsole, useSelected, useStore } from '../console-context.ts'
import { dismissInstallHint, install, installPrompt, isInstallHintWanted } from '../install/install-prompt.ts'
import { hasNewBuild } from '../install/worker-link.ts'
import { appMessages } from '../messages.ts'
import { useOnline } from '../use-online.ts'

/** What concerns the whole page, above each screen. */
export const Notices = () => (
  <>
    <ConnectionNotice />
    <NewVersionNotice />
    <InstallHint />
  </>
)

function ConnectionNotice() {
  const texts = useMessages(appMessages)
  const { session, live } = useConsole()
  const state = useStore(session.state)
  const isReplaced = useStore(live.isReplaced)
  const isOnline = useOnline()
  if (isReplaced) {
    return (
      <Notice tone="warning">
        {texts.replaced} <Button onClick={live.resume}>{texts.takeBack}</Button>
      </Notice>
    )
  }
  if (state.status !== 'signed-in') return null
  if (!isOnline) return <Notice tone="warning">{texts.offline}</Notice>
  if (state.connection === 'online') return null
  return <Notice tone="warning">{texts.reconnecting}</Notice>
}

/** The page never loads itself again: what a person has entered, and a call, would be lost. */
function NewVersionNotice() {
  const texts = useMessages(appMessages)
  const { phone } = useConsole()
  const isNew = useStore(hasNewBuild)
  const isInCall = useSelected(phone.snapshot, ({ calls }) => calls.some(({ state }) => state !== 'ended'))
  if (!isNew) return null
  if (isInCall) return <Notice>{texts.newVersionAfterCall}</Notice>
  return (
    <Notice>
      {texts.newVersion} <Button onClick={() => location.reload()}>{texts.loadNewVersion}</Button>
    </Notice>
  )
}

function InstallHint() {
  const texts = useMessages(appMessages)
  const canInstall = useStore(installPrompt) !== undefined
  const isWanted = useStore(isInstallHintWanted)
  if (!canInstall || !isWanted) return null
  return (
    <Notice>
      {texts.installHint} <Button onClick={() => void install()}>{texts.install}</Button>
      <Button tone="quiet" onClick={dismissInstallHint}>
        {texts.notNow}
      </Button>
    </Notice>
  )
}
