import { expect, it } from 'vitest'
import { typedSince } from '../../../../console/screens/campaigns/texts/typed-since.ts'

it('what is typed while a text is stored stays, for the version that was stored', () => {
  const sent = { input: 'Good day', etag: '"1"' }
  expect(typedSince(sent, sent, '"2"')).toBeUndefined()
  expect(typedSince({ input: 'Good day!', etag: '"1"' }, sent, '"2"')).toEqual({
    input: 'Good day!',
    etag: '"2"',
  })
  expect(typedSince(undefined, sent, '"2"')).toBeUndefined()
})
