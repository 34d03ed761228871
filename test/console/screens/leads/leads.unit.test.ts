import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Api } from '../../../../console/api/client.ts'
import { messages as en } from '../../../../console/screens/leads/bulk/messages.en.ts'
import { messages as es } from '../../../../console/screens/leads/bulk/messages.es.ts'
import { messages as ru } from '../../../../console/screens/leads/bulk/messages.ru.ts'
import { countBulk, targetsOf } from '../../../../console/screens/leads/bulk/run-bulk.ts'
import { pagesOf } from '../../../../console/screens/leads/pages.ts'
import {
  isSameSearch,
  readSavedFilters,
  removeFilter,
  saveFilter,
} from '../../../../console/screens/leads/saved-filters.ts'
import {
  countFilters,
  LEAD_SORTS,
  LEAD_STATUSES,
  readLeadsSearch,
  toExportFilter,
  toLeadFilter,
} from '../../../../console/screens/leads/search.ts'
import {
  isSelected,
  NOTHING_SELECTED,
  selectAll,
  toggle,
} from '../../../../console/screens/leads/table/selection.ts'

describe('filters of the leads', () => {
  it('are read from an address; what is not valid is left out, and so is the default order', () => {
    expect(
      readLeadsSearch({
        ...{ q: ' smi ', phone: '0049', status: 'new', agent: 'none', campaign: '7' },
        ...{ from: '2026-01-31', until: '2026-02-31', sort: '-created_at', team: 'x' },
      }),
    ).toEqual({ q: 'smi', phone: '0049', status: 'new', agent: 'none', campaign: '7', from: '2026-01-31' })
    expect(readLeadsSearch({ q: '', status: 'NEW', agent: '0', campaign: '-1', sort: 'name' })).toEqual({})
    expect(countFilters({ q: 'a', sort: 'last_name' })).toBe(1)
  })
  it('are the same after they were in an address, whatever is typed', () => {
    const some = fc.record(
      {
        q: fc.string(),
        phone: fc.string(),
        status: fc.constantFrom(...LEAD_STATUSES),
        sort: fc.constantFrom(...LEAD_SORTS),
        agent: fc.constantFrom('none', '5', 'x'),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(some, (typed) => {
        const search = readLeadsSearch(typed)
        expect(readLeadsSearch({ ...search })).toEqual(search)
      }),
    )
  })
  it('become the queries of both surfaces', () => {
    const search = { q: 'a', status: 'do_not_call', agent: '5', campaign: '7', sort: 'last_name' } as const
    expect(toLeadFilter(search)).toEqual({ q: 'a', status: 'do_not_call', agent_id: '5', campaign_id: '7' })
    expect(toExportFilter(search)).toEqual({
      q: 'a',
      status: 'DO_NOT_CALL',
      assignedAgentId: '5',
      campaignId: '7',
    })
    expect(toExportFilter({ agent: 'none' })).toEqual({ unassigned: true })
    const { created_from, created_until } = toLeadFilter({ from: '2026-01-31', until: '2026-01-31' })
    expect(Date.parse(created_until ?? '') - Date.parse(created_from ?? '')).toBe(86_400_000)
  })
})

describe('saved filters', () => {
  const storage = () => {
    const texts = new Map<string, string>()
    return {
      getItem: (key: string) => texts.get(key) ?? null,
      setItem: (key: string, text: string) => void texts.set(key, text),
    }
  }
  it('are of one user, by name; the same name replaces', () => {
    const store = storage()
    saveFilter(store, '1', { name: ' b ', search: { q: 'x' } })
    saveFilter(store, '1', { name: 'a', search: { status: 'new' } })
    saveFilter(store, '1', { name: 'b', search: { q: 'y' } })
    expect(readSavedFilters(store, '1')).toEqual([
      { name: 'a', search: { status: 'new' } },
      { name: 'b', search: { q: 'y' } },
    ])
    expect(readSavedFilters(store, '2')).toEqual([])
    expect(removeFilter(store, '1', 'a').map(({ name }) => name)).toEqual(['b'])
  })
  it('survive anything that is stored in their place', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const store = storage()
        store.setItem('leads.filters.1', text)
        for (const { name, search } of readSavedFilters(store, '1')) {
          expect(name).not.toBe('')
          expect(readLeadsSearch({ ...search })).toEqual(search)
        }
      }),
    )
  })
  it('are compared by their filters, not by their order', () => {
    expect(isSameSearch({ q: 'a', status: 'new' }, { status: 'new', q: 'a' })).toBe(true)
    expect(isSameSearch({ q: 'a' }, {})).toBe(false)
  })
})

describe('selection', () => {
  it('adds and removes single leads, and begins anew after all were selected', () => {
    const two = toggle(toggle(NOTHING_SELECTED, 1), 2)
    expect([two.count, isSelected(two, 2), isSelected(two, 3)]).toEqual([2, true, false])
    expect(toggle(two, 1)).toEqual({ ids: new Set([2]), isAll: false, count: 1 })
    const all = selectAll(900)
    expect([all.count, isSelected(all, 3)]).toEqual([900, true])
    expect(toggle(all, 3)).toEqual(NOTHING_SELECTED)
  })
  it('is sent in parts of 500 ids, or as the filter', () => {
    const ids = new Set(Array.from({ length: 1_001 }, (_, at) => 1_001 - at))
    const targets = targetsOf({ ids, isAll: false, count: ids.size }, { q: 'a' })
    expect(targets.map((one) => ('ids' in one ? one.ids.length : 0))).toEqual([500, 500, 1])
    expect(targets[2]).toEqual({ ids: [1_001] })
    expect(targetsOf(selectAll(9), { q: 'a', sort: 'last_name' })).toEqual([{ filter: { q: 'a' } }])
  })
  it('of more leads than the server counts is confirmed as “at least”', async () => {
    const answer = { data: { matched: 200_000, matched_is_exact: false } }
    const api = { POST: async () => answer } as unknown as Api
    const { count, isExact } = await countBulk(api, targetsOf(selectAll(200_000), {}), { status: 'lost' })
    expect([count, isExact]).toEqual([200_000, false])
    expect(en.change(count, isExact)).toBe('Change at least 200,000 leads')
    expect(en.change(count, true)).toBe('Change 200,000 leads')
    for (const { change, selectAll, selected, willChange } of [en, es, ru]) {
      for (const text of [change, selectAll, selected, willChange])
        expect(text(count, false)).toMatch(/at least|al menos|не меньше/)
    }
  })
})

it('the pages around a part of the list', () => {
  expect(pagesOf(0, 20)).toEqual([0])
  expect(pagesOf(95, 230)).toEqual([0, 1, 2])
  expect(pagesOf(99_990, 99_999)).toEqual([999])
})
