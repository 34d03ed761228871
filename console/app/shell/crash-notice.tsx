import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/notice.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { appMessages } from '../messages.ts'

/** In place of a screen that threw. */
export function CrashNotice() {
  const texts = useMessages(appMessages)
  return (
    <EmptyState title={texts.crashed}>
      <ReloadButton />
    </EmptyState>
  )
}

export function ReloadButton() {
  const texts = useMessages(appMessages)
  return <Button onClick={() => location.reload()}>{texts.reload}</Button>
}

export function NotFoundNotice() {
  return <EmptyState title={useMessages(appMessages).notFound} />
}
