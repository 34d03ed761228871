import fc from 'fast-check'
import { BusyError, InvalidCredentialsError, UnavailableError, UnwillingToPerformError } from 'ldapts'
import { describe, expect, test } from 'vitest'
import { toWrongAnswer } from '../../../api/ldap/bind-answer.ts'
import { readStartTlsResponse } from '../../../api/ldap/ldap-socket.ts'
import { readPerson, toDirectoryEntry } from '../../../api/ldap/read-entry.ts'
import { guidToText, textToGuid } from '../../../api/ldap/unique-id.ts'

describe('the answer to a bind', () => {
  const ad = (data: string) =>
    new InvalidCredentialsError(
      `80090308: LdapErr: DSID-0C09044E, comment: AcceptSecurityContext error, data ${data}, v2580\0`,
    )
  test.each([
    [new InvalidCredentialsError(), 'wrong_password'],
    [ad('52e'), 'wrong_password'],
    [ad('533'), 'disabled'],
    [ad('773'), 'must_change_password'],
    [ad('775'), 'locked'],
    [ad('fff'), 'wrong_password'],
  ])('%s is a wrong password: %s', (err, reason) => {
    expect(toWrongAnswer(err)).toEqual({ is: 'wrong', reason })
  })

  test.each([new BusyError(), new UnavailableError(), new UnwillingToPerformError(), new Error('closed')])(
    '%s is a failure of the directory',
    (err) => expect(() => toWrongAnswer(err)).toThrow(err),
  )
})

describe('the answer to StartTLS', () => {
  const success = Buffer.from('300c02010178070a010004000400', 'hex')
  const longForm = Buffer.from('30840000001002010178840000000' + '70a010004000400', 'hex')
  test.each([
    ['a success', success, 'success'],
    ['a success with long lengths', longForm, 'success'],
    ['a refusal', Buffer.from('300c02010178070a013404000400', 'hex'), 'result 52'],
    ['another message', Buffer.from('300c02010278070a010004000400', 'hex'), 'another message'],
    ['the answer to a bind', Buffer.from('300c02010161070a010004000400', 'hex'), 'another message'],
    ['anything after it', Buffer.concat([success, Buffer.from([0x30])]), 'data before TLS'],
    ['text', Buffer.from('HTTP/1.1 200 OK'), 'malformed'],
  ])('%s', (_, bytes, outcome) => expect(readStartTlsResponse(bytes)).toBe(outcome))

  test('is incomplete until its last byte', () => {
    for (let end = 0; end < success.length; end++)
      expect(readStartTlsResponse(success.subarray(0, end))).toBe('incomplete')
  })

  test('never throws', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void readStartTlsResponse(Buffer.from(bytes))))
  })
})

describe('an entry', () => {
  const settings = {
    attributes: { username: 'sAMAccountName', unique_id: 'objectGUID', extension: 'ipPhone' },
    group_attribute: 'memberOf',
    roles: { 'CN=Admins,DC=x': 'admin' as const, 'CN=Chiefs,DC=x': 'supervisor' as const },
    required_group: undefined,
  }
  const guid = Buffer.from('78563412341278561234567890abcdef', 'hex')
  const entry = {
    dn: 'CN=Anna,DC=x',
    samaccountname: 'anna',
    objectGUID: guid,
    ipPhone: '+1 (204)',
    userAccountControl: '512',
    memberOf: ['cn=chiefs, dc=X', 'CN=Other,DC=x'],
  }
  const read = (changes: Record<string, string | string[] | Buffer | Buffer[]>) => {
    const person = readPerson({ ...entry, ...changes }, settings)
    return person && toDirectoryEntry(person, settings)
  }

  test('of Active Directory', () => {
    expect(read({})).toEqual({
      dn: 'CN=Anna,DC=x',
      sourceId: '12345678-1234-5678-1234-567890abcdef',
      username: 'anna',
      email: null,
      displayName: null,
      extension: '+1204',
      role: 'supervisor',
      barred: undefined,
    })
  })

  test.each([
    ['is disabled', { userAccountControl: '514' }, { barred: 'disabled' }],
    [
      'has the strongest role of its groups',
      { memberOf: ['CN=Chiefs,DC=x', 'CN=Admins,DC=x'] },
      { role: 'admin' },
    ],
    ['has no role without groups', { memberOf: [] }, { role: 'user' }],
    ['has no role by a group of a similar name', { memberOf: 'CN=Admins,CN=x,DC=x' }, { role: 'user' }],
  ])('%s', (_, changes, expected) => expect(read(changes)).toMatchObject(expected))

  test.each([
    ['two unique ids', { objectGUID: [guid, guid] }],
    ['no unique id', { objectGUID: [] }],
    ['a short unique id', { objectGUID: Buffer.alloc(4) }],
    ['an empty unique id', { objectGUID: Buffer.alloc(0) }],
    ['no username', { samaccountname: [] }],
    ['no name', { dn: '' }],
  ])('with %s is no person', (_, changes) => expect(read(changes)).toBeUndefined())

  test('a GUID keeps all its bytes as text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        expect(textToGuid(guidToText(Buffer.from(bytes)) ?? '')).toEqual(Buffer.from(bytes))
      }),
    )
  })
})
