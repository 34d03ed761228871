import { appMessages } from '../../app/messages.ts'
import { useMessages } from '../../i18n/messages.ts'

export function LeadsScreen() {
  return <h1>{useMessages(appMessages).screens.leads}</h1>
}
