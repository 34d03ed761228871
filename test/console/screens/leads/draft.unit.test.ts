import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  changesOf,
  DRAFT_MEMBERS,
  type Draft,
  mergeDrafts,
  toPatch,
} from '../../../../console/screens/leads/edit/draft.ts'

const draft = (difference: Partial<Draft> = {}): Draft => ({
  ...{ firstName: 'Ada', lastName: 'King', phone: '1', email: '', company: '', title: '' },
  ...{ status: 'new', agentId: null, campaignId: 7 },
  ...difference,
})

describe('toPatch', () => {
  it('has the changed members alone, by the names of the API', () => {
    const mine = draft({ email: 'a@example.org', status: 'do_not_call', agentId: 5, campaignId: null })
    expect(toPatch(draft(), mine)).toEqual({
      email: 'a@example.org',
      status: 'DO_NOT_CALL',
      assignedAgentId: 5,
      campaignId: null,
    })
    expect(toPatch(draft(), draft())).toEqual({})
  })
})

describe('mergeDrafts', () => {
  it('takes what only one side changed, and reports what both changed to different values', () => {
    const mine = draft({ lastName: 'Mine', company: 'Firm', title: 'CEO' })
    const theirs = draft({ lastName: 'Theirs', phone: '2', title: 'CEO' })
    const { merged, conflicts, theirsOnly } = mergeDrafts(draft(), mine, theirs)
    expect(conflicts).toEqual([{ member: 'lastName', mine: 'Mine', theirs: 'Theirs' }])
    expect(merged).toEqual(draft({ lastName: 'Mine', company: 'Firm', title: 'CEO', phone: '2' }))
    expect(theirsOnly).toEqual(['phone'])
  })
  it('loses no change of either side, for any three drafts', () => {
    const some = fc.record({
      ...{ firstName: fc.constantFrom('a', 'b'), lastName: fc.constantFrom('a', 'b', 'c') },
      ...{ phone: fc.constantFrom('1', '2'), email: fc.constantFrom('', 'x'), company: fc.constant('') },
      title: fc.constant(''),
      status: fc.constantFrom('new' as const, 'lost' as const),
      ...{ agentId: fc.constantFrom(null, 1, 2), campaignId: fc.constantFrom(null, 7) },
    })
    fc.assert(
      fc.property(some, some, some, (base, mine, theirs) => {
        const { merged, conflicts } = mergeDrafts(base, mine, theirs)
        const inConflict = conflicts.map(({ member }) => member)
        for (const member of DRAFT_MEMBERS) {
          if (mine[member] !== base[member]) expect(merged[member]).toBe(mine[member])
          else expect(merged[member]).toBe(theirs[member])
          const isBoth = mine[member] !== base[member] && theirs[member] !== base[member]
          expect(inConflict.includes(member)).toBe(isBoth && mine[member] !== theirs[member])
        }
        expect(
          changesOf(merged, mergeDrafts(base, base, theirs).merged).every((one) =>
            changesOf(base, mine).includes(one),
          ),
        ).toBe(true)
      }),
    )
  })
})
