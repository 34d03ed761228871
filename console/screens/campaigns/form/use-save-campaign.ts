import { useState } from 'react'
import { ApiError, dataOf } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { useErrorText } from '../../../components/error-text.ts'
import { showToast } from '../../../components/toast.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import { type Draft, draftOf, NEW_DRAFT, oddNumber, patchOf, refusedField } from '../draft.ts'
import { campaignMessages } from '../messages.ts'
import { type Campaign, useReloadCampaigns } from '../use-campaigns.ts'
import type { Newcomer } from './newcomers.ts'

interface Listeners {
  onSaved(saved: Campaign): void
  /** A person was made an agent. */
  onHired(person: Newcomer, agentId: number): void
}

/** Creates or changes a campaign, by the changed members alone. */
export function useSaveCampaign({ onSaved, onHired }: Listeners) {
  const { form: texts } = useMessages(campaignMessages)
  const describeError = useErrorText()
  const { api } = useConsole()
  const reload = useReloadCampaigns()
  const [isBusy, setBusy] = useState(false)
  const [refused, setRefused] = useState<{ field: keyof Draft; reason: string }>()
  const [failure, setFailure] = useState<string>()
  /** What another person has stored meanwhile. */
  const [newer, setNewer] = useState<Campaign>()

  /** Makes the people agents, of the campaign's team. @returns the draft with them */
  async function hire(draft: Draft, people: readonly Newcomer[]): Promise<Draft> {
    const agentIds = [...draft.agentIds]
    for (const person of people) {
      const body = {
        ...{ name: person.name, userId: Number(person.id), agentType: 'HUMAN' as const },
        team: draft.team.trim() || null,
      }
      const { id } = await dataOf(api.POST('/api/agents', { body }))
      onHired(person, id)
      agentIds.push(id)
    }
    return { ...draft, agentIds }
  }

  async function send(draft: Draft, base: Campaign | undefined, version: number | undefined) {
    if (base === undefined) {
      const body = { ...patchOf(NEW_DRAFT, draft, { BUSY: 5 }), name: draft.name }
      return dataOf(api.POST('/api/campaigns', { body }))
    }
    return dataOf(
      api.PUT('/api/campaigns/{id}', {
        params: { path: { id: String(base.id) }, header: { 'if-match': `"${version}"` } },
        body: patchOf(draftOf(base), draft, base.retryDelays),
      }),
    )
  }

  async function explain(err: unknown, base: Campaign | undefined) {
    if (err instanceof ApiError && err.status === 412 && base !== undefined) {
      const path = { id: String(base.id) }
      return setNewer(await dataOf(api.GET('/api/campaigns/{id}', { params: { path } })))
    }
    const found = err instanceof ApiError ? refusedField(err.detail) : undefined
    if (found === undefined || !(err instanceof ApiError)) return setFailure(describeError(err))
    setRefused({
      field: found.field,
      reason: describeError(new ApiError(err.status, err.code, found.reason, err.retryAfterMs)),
    })
  }

  return {
    isBusy,
    newer,
    failure,
    errorOf: (field: keyof Draft) => (refused?.field === field ? refused.reason : undefined),
    dropNewer: () => setNewer(undefined),
    /** @param version that the change is made of: another one is stored if this is not */
    async save(
      draft: Draft,
      newcomers: readonly Newcomer[],
      base: Campaign | undefined,
      version: number | undefined,
    ) {
      setRefused(undefined)
      setFailure(undefined)
      const odd = oddNumber(draft)
      if (odd !== undefined) return setRefused({ field: odd, reason: texts.wholeNumber })
      setBusy(true)
      try {
        const saved = await send(await hire(draft, newcomers), base, version)
        showToast(texts.saved)
        await reload()
        onSaved(saved)
      } catch (err) {
        await explain(err, base).catch((other: unknown) => setFailure(describeError(other)))
        if (newcomers.length > 0) await reload()
      } finally {
        setBusy(false)
      }
    },
  }
}
