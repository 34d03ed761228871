import { describe, expect, test } from 'vitest'
import {
  decideUndo,
  LeadBefore,
  type UndoSubject,
} from '../../../../../api/core/call-center/leads/import-undo.ts'
import type { Lead } from '../../../../../api/core/call-center/leads/lead.ts'
import { newLead } from '../../../../support/fixtures/leads.ts'

const lead = (difference: Partial<Lead> = {}): Lead => ({
  ...newLead(),
  ...{ id: '7', callback: null, lastCallAt: null, lastOutcome: null, version: 2, createdAt: 1, updatedAt: 1 },
  ...difference,
})
const found = (
  difference: Partial<Lead> = {},
  facts: Partial<Omit<UndoSubject, 'lead'>> = {},
): UndoSubject => ({ lead: lead(difference), hasNotes: false, wasCalled: false, ...facts })
const made = { leadId: '7', before: null, version: 2 }
const updated = (before: Partial<Lead>) => ({
  leadId: '7',
  before: LeadBefore.parse(lead({ version: 1, ...before })),
  version: 2,
})

describe('decideUndo: a lead that the import made', () => {
  test('is removed while it is unused', () => {
    expect(decideUndo(made, found())).toEqual({ step: 'remove' })
  })
  test.each([
    ['was deleted', undefined, 'deleted'],
    ['was changed', found({ version: 3 }), 'changed'],
    ['was called', found({}, { wasCalled: true }), 'called'],
    ['has a note', found({}, { hasNotes: true }), 'noted'],
    ['is in a call', found({ dialState: 'dialling' }, { wasCalled: true }), 'in_call'],
  ])('stays if it %s', (_, subject, reason) => {
    expect(decideUndo(made, subject)).toEqual({ step: 'leave', reason })
  })
})

describe('decideUndo: a lead that the import updated', () => {
  test('gets its members back, calls and notes or not', () => {
    const step = decideUndo(updated({ lastName: 'King', email: 'a@example.org' }), {
      lead: lead({ lastName: 'Smith', lastCallAt: 50, attempts: 1 }),
      hasNotes: true,
      wasCalled: true,
    })
    expect(step).toMatchObject({ step: 'restore', changes: { lastName: 'King', email: 'a@example.org' } })
  })
  test.each([
    ['another user changed it since', 3],
    ['another user changed it between two rows of the import', 2],
  ])('stays if %s', (_, version) => {
    const change = { ...updated({}), version: version === 3 ? 2 : 0 }
    expect(decideUndo(change, found({ version }))).toEqual({ step: 'leave', reason: 'changed' })
  })
  test('stays if a call is under way that its campaign before has not started', () => {
    const subject = found({ dialState: 'dialling', campaignId: '9' })
    expect(decideUndo(updated({ campaignId: '8' }), subject)).toEqual({ step: 'leave', reason: 'in_call' })
  })
  test('has its place in the queue of its campaign again if it was not called since', () => {
    const before = {
      campaignId: '8',
      dialState: 'waiting',
      attempts: 2,
      nextTryAt: 99,
      lastCallAt: 50,
    } as const
    const subject = found({ campaignId: '9', dialState: 'waiting', lastCallAt: 50 })
    expect(decideUndo(updated(before), subject)).toMatchObject({
      changes: { campaignId: '8', dialState: 'waiting', attempts: 2, nextTryAt: 99 },
    })
  })
  test('enters that queue anew if it was called since', () => {
    const before = { campaignId: '8', dialState: 'waiting', attempts: 2, nextTryAt: 99 } as const
    const subject = found({ campaignId: '9', dialState: 'done', attempts: 1, lastCallAt: 60 })
    expect(decideUndo(updated(before), subject)).toMatchObject({
      changes: { campaignId: '8', dialState: 'waiting', attempts: 0, nextTryAt: 0 },
    })
  })
})
