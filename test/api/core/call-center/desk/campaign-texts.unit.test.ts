import { describe, expect, test } from 'vitest'
import type { Scope } from '../../../../../api/core/call-center/agents/scope.ts'
import {
  createCampaignTexts,
  validateDispositions,
} from '../../../../../api/core/call-center/desk/create-campaign-texts.ts'
import { DEFAULT_DISPOSITIONS } from '../../../../../api/core/call-center/desk/disposition.ts'
import { newAgent } from '../../../../support/fixtures/agents.ts'
import { newCampaign } from '../../../../support/fixtures/campaigns.ts'

const refused = (code: string) => expect.objectContaining({ code })
const by = (scope: Scope) => ({ userId: '1', role: 'user', agent: newAgent(), scope }) as const
const own = by({ sees: 'own', agentId: '1' })
const team = by({ sees: 'team', team: 'sales', agentId: '2' })
const otherTeam = by({ sees: 'team', team: 'support', agentId: '3' })

/** A campaign of the team `sales`, in which agent 1 works. */
function create(stored?: { body: string; version: number }) {
  const written: unknown[] = []
  const texts = createCampaignTexts({
    store: {
      find: async () => stored as never, // a script is asked for alone
      async put(...args) {
        written.push(args)
        return 2
      },
    },
    campaigns: {
      find: async (id, scope) =>
        scope.sees === 'all' ||
        (scope.sees === 'team' && scope.team === 'sales') ||
        (scope.sees === 'own' && scope.agentId === '1')
          ? newCampaign({ id, team: 'sales' })
          : undefined,
    },
    now: () => 5_000,
  })
  return { texts, written }
}

describe('texts of a campaign', () => {
  test('that has none are an empty script and the usual dispositions', async () => {
    const { texts } = create()
    expect(await texts.find(own, '1', 'script')).toEqual({ body: '', version: 1, isDefault: true })
    const { body, isDefault } = await texts.find(own, '1', 'dispositions')
    expect([body, isDefault]).toEqual([DEFAULT_DISPOSITIONS, true])
  })

  test('are read by its agents and its team', async () => {
    const { texts } = create({ body: 'Hello', version: 4 })
    for (const one of [own, team, by({ sees: 'all' })])
      expect(await texts.find(one, '1', 'script')).toEqual({ body: 'Hello', version: 4, isDefault: false })
  })

  test.each([
    ['another team', otherTeam],
    ['an agent who does not work in it', by({ sees: 'own', agentId: '9' })],
  ])('are not there for %s', async (_, one) => {
    const { texts, written } = create()
    await expect(texts.find(one, '1', 'script')).rejects.toThrow(refused('not_found'))
    await expect(texts.set(one, '1', 'script', 'x', 1)).rejects.toThrow(refused('not_found'))
    expect(written).toEqual([])
  })

  test('are not changed by its agents', async () => {
    const { texts, written } = create()
    await expect(texts.set(own, '1', 'script', 'x', undefined)).rejects.toThrow(refused('forbidden'))
    expect(written).toEqual([])
  })

  test('are changed by its team, with the version that the client has read', async () => {
    const { texts, written } = create()
    expect(await texts.set(team, '1', 'script', 'x', 1)).toEqual({ body: 'x', version: 2, isDefault: false })
    expect(written).toEqual([['1', { kind: 'script', body: 'x', version: 1, now: 5 }]])
  })
})

describe('dispositions', () => {
  const one = { key: '1', name: 'x', effect: 'done', leadStatus: null } as const

  test('are valid as they usually are', () => {
    expect(() => validateDispositions(DEFAULT_DISPOSITIONS)).not.toThrow()
  })

  test.each([
    ['with a key twice', [one, { ...one, name: 'y' }]],
    ['that close a lead and call it again', [{ ...one, effect: 'retry', leadStatus: 'lost' }]],
    ['that close a lead and agree a callback', [{ ...one, effect: 'callback', leadStatus: 'converted' }]],
    ['with the status do_not_call alone', [{ ...one, leadStatus: 'do_not_call' }]],
    [
      'with the effect do_not_call and another status',
      [{ ...one, effect: 'do_not_call', leadStatus: 'lost' }],
    ],
  ] as const)('%s are refused', (_, dispositions) => {
    expect(() => validateDispositions(dispositions)).toThrow(refused('input_invalid'))
  })
})
