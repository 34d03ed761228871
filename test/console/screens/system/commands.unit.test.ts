import { expect, it } from 'vitest'
import { CALL_COMMANDS } from '../../../../api/core/calls/call-control.ts'
import { messages as english } from '../../../../console/screens/system/messages.en.ts'
import { messages as spanish } from '../../../../console/screens/system/messages.es.ts'
import { messages as russian } from '../../../../console/screens/system/messages.ru.ts'

it.each([
  ['English', english],
  ['Spanish', spanish],
  ['Russian', russian],
])('in %s each command for a call has a name', (_, { commands }) => {
  expect(Object.keys(commands).sort()).toEqual([...CALL_COMMANDS].sort())
})
