import { appMessages } from '../../app/messages.ts'
import { useMessages } from '../../i18n/messages.ts'

export function HistoryScreen() {
  const texts = useMessages(appMessages)
  return <h1>{texts.screens.history}</h1>
}
