import { appMessages } from '../../app/messages.ts'
import { useMessages } from '../../i18n/messages.ts'

export function DeskScreen() {
  return <h1>{useMessages(appMessages).screens.desk}</h1>
}
