import { appMessages } from '../../app/messages.ts'
import { useMessages } from '../../i18n/messages.ts'

export function CampaignsScreen() {
  return <h1>{useMessages(appMessages).screens.campaigns}</h1>
}
