import { describe, expect, test } from 'vitest'
import type { Lead } from '../../../../../api/core/call-center/leads/lead.ts'
import { applyInput, newLead } from '../../../../../api/core/call-center/leads/lead-input.ts'
import { createDialPolicy } from '../../../../../api/core/dial-policy/create-dial-policy.ts'
import { PolicyFile } from '../../../../../api/core/dial-policy/policy-file.ts'

const UNASSIGNED = { agentId: null, team: null }
const policy = createDialPolicy(PolicyFile.parse({ country: 'DE', outPrefix: '0' }))
const made = (phone: string) =>
  newLead({ name: 'Ada', phone, status: 'do_not_call', campaignId: '1' }, UNASSIGNED, policy)

describe('a lead with the status DO_NOT_CALL', () => {
  test('puts its number on the do-not-call list', () => {
    expect(made('030 901820').doNotCall).toMatchObject({ reason: 'set on a lead' })
    expect(made('030 901820').doNotCall?.variants[0]).toBe('+4930901820')
  })

  test.each([
    ['an extension', '1002'],
    ['an extension with blanks', ' 10 02 '],
    ['an emergency number', '112'],
    ['an international emergency number', '911'],
    ['an emergency number of the country', '110'],
    ['an emergency number in a link', 'tel:112'],
    ['an emergency number behind the prefix for outside', '0112'],
    ['a feature code', '*8'],
  ])('does not list %s, but has the status and is not queued', (_, phone) => {
    const { lead, doNotCall } = made(phone)
    expect(doNotCall).toBeUndefined()
    expect([lead.status, lead.dialState]).toEqual(['do_not_call', 'done'])
    // `applyInput` reads the members set here.
    const known = { ...lead, id: '1', version: 1, status: 'new', dialState: 'waiting' } as unknown as Lead
    const change = applyInput(known, { status: 'do_not_call' }, {}, policy)
    expect(change.doNotCall).toBeUndefined()
    expect(change.changes).toMatchObject({ status: 'do_not_call', dialState: 'done' })
  })
})
