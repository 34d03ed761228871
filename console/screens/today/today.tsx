import { appMessages } from '../../app/messages.ts'
import { useMessages } from '../../i18n/messages.ts'

export function TodayScreen() {
  const texts = useMessages(appMessages)
  return <h1>{texts.screens.today}</h1>
}
