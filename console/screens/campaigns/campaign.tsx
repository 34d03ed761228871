import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { useConsole } from '../../app/console-context.ts'
import { Button } from '../../components/button.tsx'
import { Loaded } from '../../components/loaded.tsx'
import { EmptyState } from '../../components/notice.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { Acts } from './acts.tsx'
import styles from './campaigns.module.css'
import { campaignMessages } from './messages.ts'
import { Outcomes } from './outcomes.tsx'
import { ProgressSection } from './progress-section.tsx'
import { StatusBadge } from './status-badge.tsx'
import { type Campaign, useCampaign, useReadiness } from './use-campaigns.ts'
import { WhyNotice } from './why-notice.tsx'

const CampaignForm = lazy(() =>
  import('./form/campaign-form.tsx').then((it) => ({ default: it.CampaignForm })),
)
const CampaignTexts = lazy(() =>
  import('./texts/campaign-texts.tsx').then((it) => ({ default: it.CampaignTexts })),
)

/** One campaign, by the id in the address; `new` is the form of a new one. */
export function CampaignScreen() {
  const texts = useMessages(campaignMessages)
  const { claims } = useConsole()
  const navigate = useNavigate()
  const { campaignId: id } = useParams({ from: '/campaigns/$campaignId' })
  const toList = () => void navigate({ to: '/campaigns' })
  if (claims.role === 'user') return <EmptyState title={texts.onlyOverseers} />
  return (
    <>
      <p>
        <Link to="/campaigns">← {texts.back}</Link>
      </p>
      {id === 'new' ? (
        <Suspense>
          <CampaignForm
            onClose={toList}
            onSaved={(made) =>
              void navigate({ to: '/campaigns/$campaignId', params: { campaignId: String(made.id) } })
            }
          />
        </Suspense>
      ) : (
        <ShownCampaign key={id} id={id} />
      )}
    </>
  )
}

function ShownCampaign({ id }: { id: string }) {
  const campaign = useCampaign(id)
  return <Loaded query={campaign}>{(loaded) => <CampaignPage campaign={loaded} />}</Loaded>
}

function CampaignPage({ campaign }: { campaign: Campaign }) {
  const texts = useMessages(campaignMessages)
  const readiness = useReadiness(String(campaign.id))
  const [isEditing, setEditing] = useState(false)
  const edit = () => setEditing(true)
  if (isEditing) {
    return (
      <Suspense>
        <CampaignForm
          campaign={campaign}
          onClose={() => setEditing(false)}
          onSaved={() => setEditing(false)}
        />
      </Suspense>
    )
  }
  return (
    <>
      <div className={styles.head}>
        <h1>{campaign.name}</h1>
        <StatusBadge campaign={campaign} />
      </div>
      {campaign.description !== null && <p className={styles.soft}>{campaign.description}</p>}
      <Loaded query={readiness}>
        {(loaded) => (
          <>
            <WhyNotice campaign={campaign} readiness={loaded} onEdit={edit} />
            <div className={styles.head}>
              <Acts campaign={campaign} readiness={loaded} />
              <Button onClick={edit}>{texts.edit}</Button>
            </div>
            <ProgressSection readiness={loaded} />
          </>
        )}
      </Loaded>
      <Outcomes campaign={campaign} />
      <Suspense>
        <CampaignTexts id={String(campaign.id)} />
      </Suspense>
    </>
  )
}
