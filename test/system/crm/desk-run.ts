import { expect } from 'vitest'
import type { z } from 'zod'
import type { DeskJson } from '../../../api/http/v1/desk-wire.ts'
import { requestJson } from '../../support/http-client.ts'
import { CHEAP_PASSWORD } from '../../support/seed-users.ts'
import { startScriptedPhones } from '../../support/sipp.ts'
import { waitUntil } from '../../support/stack.ts'
import { loginV1Client } from '../../support/v1-client.ts'
import type { CampaignRun } from './campaign-run.ts'

type DeskBody = z.infer<typeof DeskJson>

/** Anna is called for two leads of a campaign, and stores notes, results and callbacks; others reach none of them. */
export async function expectDeskWorks(run: CampaignRun): Promise<void> {
  const { asterisk, stack } = run.telephony
  const phone = await startScriptedPhones(asterisk, '1001', 'answers')
  try {
    const [anna, sven, tara] = await Promise.all(
      ['anna', 'sven', 'tara'].map((name) => loginV1Client(stack, name, CHEAP_PASSWORD)),
    )
    if (anna === undefined || sven === undefined || tara === undefined) throw new Error('three logins')
    const desk = async () => (await anna.request('/desk')).body as DeskBody // the documented shape
    const { agent } = await desk()
    expect((await anna.request('/me')).body.agent).toEqual({ id: agent.id, team: 'sales' })
    const follower = await anna.follow('me')
    const id = await run.createCampaign({ agentIds: [Number(agent.id)], wrapUpSeconds: 600 })
    await run.addLeads(id, 2, '9')
    const script = { method: 'PUT', json: { text: 'Good morning' } }
    expect((await tara.request(`/campaigns/${id}/script`, script)).status).toBe(404)
    expect((await anna.request(`/campaigns/${id}/script`, script)).status).toBe(403)
    expect((await sven.request(`/campaigns/${id}/script`, script)).status).toBe(200)
    const start = `/campaigns/${id}/automation/start`
    expect((await run.sven.request(start, { method: 'POST' })).status).toBe(200)

    let seen: DeskBody | undefined
    const nextWrapUp = async () => {
      const before = seen?.wrap_up?.call_id
      await waitUntil('anna wraps up a call', async () => {
        seen = await desk()
        return seen.wrap_up !== null && seen.wrap_up.call_id !== before
      })
      const { wrap_up, lead } = seen ?? {}
      return { about: { call_id: wrap_up?.call_id, lead_id: wrap_up?.lead_id }, lead }
    }
    const save = (json: object) => anna.request('/desk/results', { json })
    const first = await nextWrapUp()
    expect(seen).toMatchObject({
      call: {
        state: 'ended',
        direction: 'outbound',
        phone: first.lead?.phone,
        answered_at: expect.any(String),
      },
      campaign: { name: 'Spring', script: 'Good morning', has_default_dispositions: true },
      notes: { text: '', revision: 0 },
    })
    await waitUntil('the stream has it', () => follower.messages.some(({ type }) => type === 'desk'))
    const note = { method: 'PUT', json: { ...first.about, text: 'call again', revision: 0 } }
    expect((await anna.request('/desk/notes', note)).body).toEqual({ revision: 1 })
    // The same text again is no conflict: its answer may have been lost.
    const stale = { method: 'PUT', json: { ...note.json, text: 'another text' } }
    expect((await anna.request('/desk/notes', stale)).status).toBe(412)
    const callback = { at: new Date().toISOString().slice(0, 16), time_zone: 'UTC', own: true }
    const agreed = { ...first.about, disposition: '4', callback }
    expect((await sven.request('/desk/results', { json: agreed })).status).toBe(404)
    expect((await save(agreed)).status).toBe(200)

    const second = await nextWrapUp()
    expect(second.lead).toMatchObject({
      id: first.lead?.id,
      notes: [{ text: 'call again', agent_name: 'anna' }],
    })
    expect(second.lead?.last_calls).toMatchObject([{ id: first.about.call_id, disposition: 'Callback' }])
    const lost = { ...second.about, disposition: '3' }
    expect((await save(lost)).status).toBe(200)
    expect((await save(lost)).status).toBe(200)
    expect((await save({ ...lost, disposition: '1' })).status).toBe(409)

    const third = await nextWrapUp()
    expect(third.lead?.id).not.toBe(first.lead?.id)
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 16)
    const later = { ...third.about, disposition: '4', callback: { at: tomorrow, time_zone: 'UTC' } }
    expect((await save({ ...later, next: 'break' })).body).toMatchObject({
      agent: { status: 'break', available_from: null },
      ...{
        call: null,
        wrap_up: null,
        callbacks: [{ lead: { id: third.about.lead_id }, local_at: tomorrow }],
      },
    })
    expect(await run.status(id)).toMatchObject({
      waiting: 1,
      note: expect.stringMatching(/^no lead is due until/),
    })
    const callbacksOf = async (one: typeof anna) => (await one.request('/callbacks')).body.total
    expect([await callbacksOf(anna), await callbacksOf(sven), await callbacksOf(tara)]).toEqual([1, 1, 0])
    const path = `/leads/${third.about.lead_id}/callback`
    expect((await tara.request(path, { method: 'DELETE' })).status).toBe(404)
    expect((await sven.request(path, { method: 'DELETE' })).status).toBe(204)
    await waitUntil('no lead waits', async () => (await run.status(id)).waiting === 0)
    follower.close()
    // Her session would go on, and leave her ready for what follows.
    await requestJson(`${stack.base}/auth/logout`, { method: 'POST', token: anna.token })
  } finally {
    await phone.stop()
  }
}
