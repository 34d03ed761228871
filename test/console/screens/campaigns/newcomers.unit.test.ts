import { expect, it } from 'vitest'
import { newcomersOf } from '../../../../console/screens/campaigns/form/newcomers.ts'

it('offers people with a phone who are no agents yet, and no disabled ones', () => {
  const user = { extension: '1001', disabled: false }
  const users = [
    { ...user, id: '1', display_name: 'Zoe' },
    { ...user, id: '2', display_name: 'Ann' },
    { ...user, id: '3', display_name: 'No phone', extension: null },
    { ...user, id: '4', display_name: 'Disabled', disabled: true },
    { ...user, id: '5', display_name: 'An agent' },
  ]
  const agents = [{ userId: 5 }, { userId: null }]
  expect(newcomersOf(users, agents).map(({ id, name }) => `${id} ${name}`)).toEqual(['2 Ann', '1 Zoe'])
})
