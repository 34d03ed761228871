import { describe, expect, it } from 'vitest'
import type { CallCenterActor } from '../../../../../api/core/call-center/agents/call-center-actor.ts'
import { scopeOf } from '../../../../../api/core/call-center/agents/scope.ts'
import type { DoNotCallEntry } from '../../../../../api/core/call-center/leads/do-not-call.ts'
import type { Lead } from '../../../../../api/core/call-center/leads/lead.ts'
import type { LeadStore } from '../../../../../api/core/call-center/leads/lead-store.ts'
import { createLeads } from '../../../../../api/core/call-center/leads/leads.ts'
import { createDialPolicy } from '../../../../../api/core/dial-policy/create-dial-policy.ts'
import { PolicyFile } from '../../../../../api/core/dial-policy/policy-file.ts'
import { Refusal } from '../../../../../api/core/refusal.ts'
import type { Role } from '../../../../../contract/claims.ts'
import { newAgent } from '../../../../support/fixtures/agents.ts'
import { newCampaign } from '../../../../support/fixtures/campaigns.ts'

const agent = newAgent({ id: '1', team: 'sales' })
const actorOf = (role: Role): CallCenterActor => ({ userId: '1', role, agent, scope: scopeOf(role, agent) })
const user = actorOf('user')
const policy = createDialPolicy(PolicyFile.parse({ country: 'DE' }))

/** Leads over a store in memory, with one campaign of the id 1. */
function createFixture() {
  const rows = new Map<string, Lead>()
  const doNotCall: DoNotCallEntry[] = []
  const meta = { callback: null, lastCallAt: null, lastOutcome: null, version: 1, createdAt: 0, updatedAt: 0 }
  const requireRow = (id: string) => {
    const row = rows.get(id)
    if (row === undefined) throw new Refusal('not_found')
    return row
  }
  const store: LeadStore = {
    find: async (id) => rows.get(id),
    list: async () => [...rows.values()],
    count: async () => rows.size,
    listNotes: async () => [],
    async add(lead, entry) {
      const added = { ...lead, ...meta, id: String(rows.size + 1) }
      rows.set(added.id, added)
      if (entry !== undefined) doNotCall.push(entry)
      return added
    },
    async change(id, _, update) {
      const row = requireRow(id)
      const { changes, doNotCall: entry } = update(row)
      const changed = { ...row, ...changes, version: row.version + 1 }
      rows.set(id, changed)
      if (entry !== undefined) doNotCall.push(entry)
      return changed
    },
    async remove(id, _, check) {
      check(requireRow(id))
      rows.delete(id)
    },
    addNote: async (note) => ({ ...note, id: '1' }),
  }
  const leads = createLeads({
    store,
    agents: { find: async (id) => (id === '1' ? agent : undefined) },
    campaigns: { find: async (id) => (id === '1' ? newCampaign({ id }) : undefined) },
    policy: () => policy,
    now: () => 5_000,
  })
  const setRow = (id: string, change: Partial<Lead>) => rows.set(id, { ...requireRow(id), ...change })
  return { leads, rows, doNotCall, setRow }
}
const ADA = { name: 'Ada King', phone: '030 901820' }

describe('a new lead', () => {
  it('belongs to the user who creates it, and its number is normalized', async () => {
    const { leads } = createFixture()
    expect(await leads.create(user, ADA)).toMatchObject({
      ...{ firstName: 'Ada', lastName: 'King', phone: '030 901820', number: '+4930901820' },
      ...{ agentId: '1', team: 'sales', status: 'new', dialState: 'idle' },
    })
  })

  it('waits in the queue of its campaign', async () => {
    const { leads } = createFixture()
    expect(await leads.create(user, { ...ADA, campaignId: '1' })).toMatchObject({ dialState: 'waiting' })
  })

  it.each([
    ['a name', { phone: '1002' }, 'input_invalid'],
    ['a phone', { name: 'Ada' }, 'input_invalid'],
    ['a number', { name: 'Ada', phone: 'Ada' }, 'input_invalid'],
    ['a campaign within the scope', { ...ADA, campaignId: '2' }, 'not_found'],
  ])('is refused without %s', async (_, input, code) => {
    const { leads, rows } = createFixture()
    await expect(leads.create(user, input)).rejects.toMatchObject({ code })
    expect(rows.size).toBe(0)
  })
})

describe('a change of a lead', () => {
  it('keeps omitted members and clears those that are null', async () => {
    const { leads } = createFixture()
    const { id } = await leads.create(user, { ...ADA, company: 'Engines', title: 'Countess' })
    expect(await leads.update(user, id, { company: null }, undefined)).toMatchObject({
      ...{ company: null, title: 'Countess', phone: ADA.phone, firstName: 'Ada' },
    })
  })

  it('is stale if the client has read another version', async () => {
    const { leads } = createFixture()
    const { id } = await leads.create(user, ADA)
    await leads.update(user, id, { notes: 'first' }, 1)
    await expect(leads.update(user, id, { notes: 'second' }, 1)).rejects.toMatchObject({ code: 'stale' })
    await expect(leads.remove(user, id, 1)).rejects.toMatchObject({ code: 'stale' })
    expect(await leads.update(user, id, { notes: 'third' }, undefined)).toMatchObject({ notes: 'third' })
  })

  it('of number or campaign is a conflict while the lead is in a call', async () => {
    const { leads, setRow } = createFixture()
    const { id } = await leads.create(user, { ...ADA, campaignId: '1' })
    setRow(id, { dialState: 'dialling' })
    for (const input of [{ phone: '030 901821' }, { campaignId: null }]) {
      await expect(leads.update(user, id, input, undefined)).rejects.toMatchObject({ code: 'conflict' })
    }
    await expect(leads.remove(user, id, undefined)).rejects.toMatchObject({ code: 'conflict' })
    expect(await leads.update(user, id, { notes: 'in a call' }, undefined)).toMatchObject({
      dialState: 'dialling',
    })
  })

  it('to a closed status ends its turn in the queue', async () => {
    const { leads } = createFixture()
    const { id } = await leads.create(user, { ...ADA, campaignId: '1' })
    expect(await leads.update(user, id, { status: 'lost' }, undefined)).toMatchObject({ dialState: 'done' })
  })

  it('to DO_NOT_CALL lists its number once', async () => {
    const { leads, doNotCall } = createFixture()
    const { id } = await leads.create(user, ADA)
    await leads.update(user, id, { status: 'do_not_call' }, undefined)
    await leads.update(user, id, { status: 'do_not_call', notes: 'again' }, undefined)
    expect(doNotCall.map(({ variants }) => variants[0])).toEqual(['+4930901820'])
  })

  it('cannot move it into a campaign outside the scope, but keeps such a campaign', async () => {
    const { leads, setRow } = createFixture()
    const { id } = await leads.create(user, ADA)
    await expect(leads.update(user, id, { campaignId: '2' }, undefined)).rejects.toMatchObject({
      code: 'not_found',
    })
    setRow(id, { campaignId: '2' })
    await expect(leads.update(user, id, { campaignId: '2' }, undefined)).resolves.toBeDefined()
  })
})

describe('an unknown lead', () => {
  it('is not found', async () => {
    const { leads } = createFixture()
    for (const work of [leads.find(user, '9'), leads.update(user, '9', {}, undefined)]) {
      await expect(work).rejects.toMatchObject({ code: 'not_found', detail: 'no such lead' })
    }
  })
})

describe('a note', () => {
  it('has the agent who writes it and the time in seconds', async () => {
    const { leads } = createFixture()
    expect(await leads.addNote(user, '1', 'call back')).toMatchObject({ agentId: '1', createdAt: 5 })
  })
})
