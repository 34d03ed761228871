import { Link, useNavigate } from '@tanstack/react-router'
import { useConsole } from '../../app/console-context.ts'
import { appMessages } from '../../app/messages.ts'
import { Button } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { Loaded } from '../../components/loaded.tsx'
import { EmptyState } from '../../components/notice.tsx'
import { formatNumber } from '../../i18n/format.ts'
import { useLanguage, useMessages } from '../../i18n/messages.ts'
import styles from './campaigns.module.css'
import { campaignMessages } from './messages.ts'
import { StatusBadge } from './status-badge.tsx'
import { type Campaign, useCampaigns } from './use-campaigns.ts'

/** All campaigns of the team, or of all for administrators. */
export function CampaignsScreen() {
  const title = useMessages(appMessages).screens.campaigns
  const texts = useMessages(campaignMessages)
  const { claims } = useConsole()
  return (
    <>
      <div className={styles.head}>
        <h1>{title}</h1>
      </div>
      {claims.role === 'user' ? <EmptyState title={texts.onlyOverseers} /> : <CampaignList />}
    </>
  )
}

function CampaignList() {
  const texts = useMessages(campaignMessages)
  const campaigns = useCampaigns()
  const navigate = useNavigate()
  const add = (
    <Button
      tone="primary"
      onClick={() => void navigate({ to: '/campaigns/$campaignId', params: { campaignId: 'new' } })}
    >
      <Icon name="plus" />
      {texts.add}
    </Button>
  )
  return (
    <Loaded query={campaigns}>
      {(list) =>
        list.length === 0 ? (
          <EmptyState title={texts.empty}>
            <p>{texts.emptyHint}</p>
            {add}
          </EmptyState>
        ) : (
          <>
            <div className={styles.head}>
              <span className={styles.soft} role="status">
                {texts.count(list.length)}
              </span>
              {add}
            </div>
            <CampaignTable list={list} />
          </>
        )
      }
    </Loaded>
  )
}

function CampaignTable({ list }: { list: readonly Campaign[] }) {
  const { columns, progress } = useMessages(campaignMessages)
  const title = useMessages(appMessages).screens.campaigns
  const language = useLanguage()
  const number = (value: number) => formatNumber(language, value)
  return (
    <table className={styles.table}>
      <caption className="visually-hidden">{title}</caption>
      <thead>
        <tr>
          {[columns.name, columns.status, columns.progress, columns.reached, columns.agents].map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {list.map((campaign) => {
          const { id, name, totalLeads: total, dialedLeads: dialed, connectedLeads: reached } = campaign
          return (
            <tr key={id}>
              <th scope="row">
                <Link to="/campaigns/$campaignId" params={{ campaignId: String(id) }}>
                  {name}
                </Link>
              </th>
              <td data-label={columns.status}>
                <StatusBadge campaign={campaign} />
              </td>
              <td data-label={columns.progress}>
                {total === 0 ? progress.none : `${number(dialed)} / ${number(total)}`}
                <progress
                  className={styles.bar}
                  aria-label={`${name}: ${columns.progress}`}
                  value={dialed}
                  max={Math.max(1, total)}
                />
              </td>
              <td data-label={columns.reached}>{number(reached)}</td>
              <td data-label={columns.agents}>{number(campaign.agentIds.length)}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
