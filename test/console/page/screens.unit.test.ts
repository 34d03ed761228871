import { expect, test } from 'vitest'
import { SCREENS } from '../../../console/app/shell/screens.ts'

const CALL_CENTER = ['desk', 'leads', 'campaigns', 'board', 'ai']
const shownTo = (role: 'user' | 'supervisor' | 'admin', isAgent: boolean) =>
  SCREENS.filter(({ isFor }) =>
    isFor({ userId: '7', role, extension: '1001', reach: undefined }, isAgent),
  ).flatMap(({ name }) => (CALL_CENTER.includes(name) ? [name] : []))

test('a user who is no agent sees no screen of the call center', () => {
  expect(shownTo('user', false)).toEqual([])
})

test('an agent sees the desk, the leads and the AI templates', () => {
  expect(shownTo('user', true)).toEqual(['desk', 'leads', 'ai'])
})

test.each(['supervisor', 'admin'] as const)('the role %s sees all of them, agent or not', (role) => {
  expect(shownTo(role, false)).toEqual(CALL_CENTER)
  expect(shownTo(role, true)).toEqual(CALL_CENTER)
})
