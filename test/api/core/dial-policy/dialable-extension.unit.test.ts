import { expect, test } from 'vitest'
import { createDialPolicy } from '../../../../api/core/dial-policy/create-dial-policy.ts'
import {
  isDialableExtension,
  requireDialableExtension,
} from '../../../../api/core/dial-policy/dialable-extension.ts'
import { PolicyFile } from '../../../../api/core/dial-policy/policy-file.ts'

const germany = createDialPolicy(PolicyFile.parse({ country: 'DE', outPrefix: '9' }))
const nowhere = createDialPolicy(PolicyFile.parse({}))

test.each(['10', '201', '1001', '999999'])('%s can be an extension', (extension) => {
  for (const policy of [germany, nowhere]) expect(isDialableExtension(extension, policy)).toBe(true)
})

test.each([
  ['letters', 'anna', /digits alone/],
  ['a hyphen', '10-01', /digits alone/],
  ['a blank', '10 01', /digits alone/],
  ['a feature code', '*72', /digits alone/],
  ['a country code', '+49301', /digits alone/],
  ['digits of other scripts', '١٢٣', /digits alone/],
  ['an empty text', '', /digits alone/],
  ['an emergency number', '112', /emergency/],
  ['an emergency number of the country', '110', /emergency/],
  ['a denied number', '11833', /can be dialed: .*denied/],
  ['one with a trunk 0, which is a number outside', '0301', /`internal`.*: this is no valid number/],
  ['one so long that it is an external number', '30123456', /internal/],
  ['one digit, which no pattern of extensions has', '5', /`internal`/],
])('%s cannot be an extension: %j', (_, extension, why) => {
  expect(() => requireDialableExtension(extension, germany)).toThrow(why)
  expect(isDialableExtension(extension, germany)).toBe(false)
})
