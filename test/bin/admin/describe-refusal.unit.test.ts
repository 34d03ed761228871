import { describe, expect, test } from 'vitest'
import { Refusal } from '../../../api/core/refusal.ts'
import { storageUnavailable } from '../../../api/store/sql/errors.ts'
import { describeRefusal } from '../../../bin/admin/describe-refusal.ts'

describe('a refusal at the command line', () => {
  test.each([
    [
      storageUnavailable(new Error('disk is full')),
      'cannot use the database, see DATABASE_URL: disk is full',
    ],
    [new Refusal('unavailable', { detail: 'the API has to run once' }), 'the API has to run once'],
    [new Refusal('unavailable', { cause: new Error('ECONNREFUSED') }), 'unavailable: ECONNREFUSED'],
    [new Refusal('unavailable'), 'unavailable'],
    [new Refusal('taken', { detail: 'email' }), 'that email address belongs to another user already'],
    [new Refusal('conflict', { detail: 'the last administrator' }), 'the last administrator'],
  ])('names what is away: %s', (refusal, text) => {
    expect(describeRefusal(refusal)).toBe(text)
  })
})
