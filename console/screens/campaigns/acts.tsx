import { useState } from 'react'
import { dataOf } from '../../api/client.ts'
import { useConsole } from '../../app/console-context.ts'
import { Button } from '../../components/button.tsx'
import { ConfirmDialog } from '../../components/dialog.tsx'
import { useErrorText } from '../../components/error-text.ts'
import { useMessages } from '../../i18n/messages.ts'
import { campaignMessages } from './messages.ts'
import { type Campaign, type Readiness, useReloadCampaigns } from './use-campaigns.ts'

export type Act = 'start' | 'pause' | 'stop' | 'automationOn' | 'automationOff'

const PATHS = {
  start: '/api/campaigns/{id}/start',
  pause: '/api/campaigns/{id}/pause',
  stop: '/api/campaigns/{id}/stop',
  automationOn: '/api/campaigns/{id}/automation/start',
  automationOff: '/api/campaigns/{id}/automation/stop',
} as const

interface ActsProps {
  campaign: Campaign
  readiness: Readiness
}

/** What can be done with a campaign in its state. */
export function Acts({ campaign, readiness }: ActsProps) {
  return possibleActs(campaign, readiness).map((act) => (
    <ActButton key={act} act={act} campaign={campaign} readiness={readiness} />
  ))
}

export function possibleActs({ status, automation, dialerMode }: Campaign, { reasons }: Readiness): Act[] {
  const isAutomatic = dialerMode === 'PROGRESSIVE'
  switch (status) {
    case 'DRAFT':
      return ['start']
    case 'PAUSED':
      return ['start', 'stop']
    case 'COMPLETED':
      return reasons.some(({ code }) => code === 'stopped') ? [] : ['start']
    default:
      return [
        ...(isAutomatic ? [automation ? ('automationOff' as const) : ('automationOn' as const)] : []),
        'pause',
        'stop',
      ]
  }
}

/** Asks before it acts, as people are called. */
export function ActButton({ act, campaign, readiness }: ActsProps & { act: Act }) {
  const texts = useMessages(campaignMessages)
  const describeError = useErrorText()
  const { api } = useConsole()
  const reload = useReloadCampaigns()
  const [isAsked, setAsked] = useState(false)
  const { waiting } = readiness.leads
  const isAutomatic = campaign.automation && campaign.dialerMode === 'PROGRESSIVE'
  const words = {
    start: () => texts.confirms.start(waiting, isAutomatic),
    pause: () => texts.confirms.pause,
    stop: () => texts.confirms.stop,
    automationOn: () => texts.confirms.automationOn(waiting),
    automationOff: () => texts.confirms.automationOff,
  }
  const isMain = act === 'start' || act === 'automationOn'
  return (
    <>
      <Button tone={act === 'stop' ? 'danger' : isMain ? 'primary' : 'plain'} onClick={() => setAsked(true)}>
        {texts.acts[act]}
      </Button>
      {isAsked && (
        <ConfirmDialog
          title={`${texts.acts[act]}: ${campaign.name}`}
          action={texts.acts[act]}
          tone={act === 'stop' ? 'danger' : 'primary'}
          describeError={describeError}
          onClose={() => setAsked(false)}
          onConfirm={async () => {
            await dataOf(api.POST(PATHS[act], { params: { path: { id: String(campaign.id) } } }))
            await reload()
          }}
        >
          {words[act]()}
        </ConfirmDialog>
      )}
    </>
  )
}
