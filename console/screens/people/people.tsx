import { appMessages } from '../../app/messages.ts'
import { useMessages } from '../../i18n/messages.ts'

export function PeopleScreen() {
  const texts = useMessages(appMessages)
  return <h1>{texts.screens.people}</h1>
}
