import { useMessages } from '../../i18n/messages.ts'
import styles from './campaigns.module.css'
import { campaignMessages } from './messages.ts'
import { type Campaign, statusOf } from './use-campaigns.ts'

export function StatusBadge({ campaign }: { campaign: Campaign }) {
  const texts = useMessages(campaignMessages)
  const status = statusOf(campaign)
  const isAutomatic = campaign.automation && campaign.dialerMode === 'PROGRESSIVE'
  return (
    <span className={styles.status} data-status={status}>
      {texts.statuses[status]}
      {status === 'active' && <span> · {isAutomatic ? texts.automatic : texts.byHand}</span>}
    </span>
  )
}
