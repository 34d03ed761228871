import { expect, test } from 'vitest'
import { sha256 } from '../../runtime/hash.ts'

test('sha256 hashes a text and its UTF-8 bytes to the same 43 characters', () => {
  // The digest of the empty message: FIPS 180-4 example values.
  expect(sha256('')).toBe('47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU')
  expect(sha256('ü')).toBe(sha256(Buffer.from('ü')))
})
