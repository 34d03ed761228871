import type { Stack } from '../../support/stack.ts'
import { V1 } from './case-steps.ts'
import { createCrmCaseSteps } from './crm-case-steps.ts'
import type { OperationCase, SendToOperation } from './operation-case.ts'

/** A valid request for each operation of the agent's desk. */
export function createDeskOperationCases(
  stack: Stack,
  hasPbx: boolean,
  tokenOf: (name: string) => Promise<string>,
): Record<string, OperationCase> {
  const { at, admin, agent, first, get, lead, campaign } = createCrmCaseSteps(stack, hasPbx, tokenOf)
  const ofCampaign = (path: string, token: typeof agent, json?: object): OperationCase =>
    at(200, async (send) =>
      send(`${V1}/campaigns/${await campaign()}/${path}`, { token: await token(), json }),
    )
  const callback = () => ({ at: new Date(Date.now() + 86_400_000).toISOString().slice(0, 16), own: true })

  /** Sends a request about a call of a lead, which user1 has just placed. */
  const aboutCall = (send: (about: { call_id: string; lead_id: string }) => ReturnType<SendToOperation>) => ({
    statuses: hasPbx ? [200] : [404],
    async run() {
      const leadId = await lead()
      if (!hasPbx) return send({ call_id: 'hk_none', lead_id: String(leadId) })
      const call = await first('POST', '/api/calls/dial', await agent(), { leadId })
      const { callId, callControlId } = call as unknown as { callId: number; callControlId: string } // the documented shape
      const answer = await send({ call_id: callControlId, lead_id: String(leadId) })
      await first('POST', `/api/calls/${callId}/hangup`, await agent())
      return answer
    },
  })

  return {
    desk: get(`${V1}/desk`, agent),
    setDeskStatus: at(200, async (send) =>
      send(`${V1}/desk/status`, { token: await agent(), json: { status: 'break', reason: 'lunch' } }),
    ),
    saveDeskNote: {
      statuses: hasPbx ? [200] : [404],
      run: async (send) => {
        const token = await agent()
        return aboutCall((about) =>
          send(`${V1}/desk/notes`, { token, json: { ...about, text: 'wants an offer', revision: 0 } }),
        ).run()
      },
    },
    saveCallResult: {
      statuses: hasPbx ? [200] : [404],
      run: async (send) => {
        const token = await agent()
        return aboutCall((about) =>
          send(`${V1}/desk/results`, {
            token,
            json: { ...about, disposition: '4', callback: callback(), note: 'likes tea' },
          }),
        ).run()
      },
    },
    campaignScript: ofCampaign('script', agent),
    setCampaignScript: ofCampaign('script', admin, { text: 'Good morning' }),
    campaignDispositions: ofCampaign('dispositions', agent),
    setCampaignDispositions: ofCampaign('dispositions', admin, {
      dispositions: [{ key: '1', name: 'Wants an offer', effect: 'done', lead_status: 'qualified' }],
    }),
    listCallbacks: at(200, async (send) => {
      await first('PUT', `${V1}/leads/${await lead()}/callback`, await agent(), callback())
      return send(`${V1}/callbacks?limit=5`, { token: await agent() })
    }),
    setCallback: at(200, async (send) =>
      send(`${V1}/leads/${await lead()}/callback`, { token: await agent(), json: callback() }),
    ),
    removeCallback: at(204, async (send) =>
      send(`${V1}/leads/${await lead()}/callback`, { token: await agent() }),
    ),
  }
}
