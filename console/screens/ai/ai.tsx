import { appMessages } from '../../app/messages.ts'
import { useMessages } from '../../i18n/messages.ts'

export function AiScreen() {
  return <h1>{useMessages(appMessages).screens.ai}</h1>
}
