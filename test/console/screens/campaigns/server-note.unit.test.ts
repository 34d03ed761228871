import { expect, it } from 'vitest'
import { readServerNote } from '../../../../console/screens/campaigns/server-note.ts'

it.each([
  ['lead 47 cannot be called: international numbers are not allowed', { kind: 'denial', leadId: '47' }],
  [
    '5 calls in a row failed before a phone outside rang (FAILED): check the trunk and the dialplan. No attempt was counted',
    { kind: 'outage', leadId: undefined },
  ],
  ['the PBX knew none of 5 numbers in a row: check its dial context', { kind: 'outage', leadId: undefined }],
  // The name of an agent begins this one.
  ['lead 47: lead 3 cannot be called: no', { kind: undefined, leadId: undefined }],
  ['Ann: too many calls', { kind: undefined, leadId: undefined }],
])('reads the note %j', (note, expected) => {
  expect(readServerNote(note)).toEqual(expected)
})
