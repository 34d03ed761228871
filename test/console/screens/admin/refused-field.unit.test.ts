import { expect, it } from 'vitest'
import { readRefusal } from '../../../../console/screens/admin/refused-field.ts'

const isField = (name: string) => ['username', 'display_name'].includes(name)

it.each([
  ['one field', 'username: another user has this name', [['username', '<another user has this name>']]],
  [
    'two fields',
    'username: a; display_name: b',
    [
      ['username', '<a>'],
      ['display_name', '<b>'],
    ],
  ],
  [
    'a field and one that the form does not have',
    'username: a; team: b',
    [
      ['username', '<a>'],
      ['', '<team: b>'],
    ],
  ],
  ['no field', 'registration is closed', [['', '<registration is closed>']]],
  ['nothing', undefined, [['', '<undefined>']]],
])('finds %s in a refusal', (_, detail, expected) => {
  expect([...readRefusal(detail, isField, (reason) => `<${reason}>`)]).toEqual(expected)
})
