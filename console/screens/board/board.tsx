import { appMessages } from '../../app/messages.ts'
import { useMessages } from '../../i18n/messages.ts'

export function BoardScreen() {
  return <h1>{useMessages(appMessages).screens.board}</h1>
}
