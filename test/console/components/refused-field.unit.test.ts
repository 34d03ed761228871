import { expect, it } from 'vitest'
import { readRefusal } from '../../../console/components/refused-field.ts'

const isField = (name: string) => ['username', 'display_name', 'systemPrompt'].includes(name)

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
  [
    'a field of the call center',
    'systemPrompt: must not be empty',
    [['systemPrompt', '<must not be empty>']],
  ],
  ['no field', 'registration is closed', [['', '<registration is closed>']]],
  ['nothing', undefined, [['', '<undefined>']]],
])('finds %s in a refusal', (_, detail, expected) => {
  expect([...readRefusal(detail, isField, (reason) => `<${reason}>`)]).toEqual(expected)
})
