import { expect, test } from 'vitest'
import { createDirectory } from '../../../../api/core/directory/directory.ts'

const user = (userId: string, extension: string, disabled = false) =>
  ({
    userId,
    extension,
    username: `user${userId}`,
    name: `user${userId}`,
    role: 'user',
    team: null,
    disabled,
  }) as const

async function directory(endpointTemplate = '{extension}') {
  const people = [user('1', '1001'), user('2', '1002', true), user('3', 'anna')]
  const made = createDirectory({
    users: { listPhoneUsers: async () => people, revision: async () => '1' },
    endpointTemplate,
    onError: () => {},
  })
  await made.refresh()
  return made
}

test.each<[string, string, string[], boolean]>([
  ['a phone of an account', '1001', ['1001'], true],
  ['one whose caller id is the external number', '1001', ['+4930123'], true],
  ['that of a disabled account', '1002', [], true],
  ['that of an account whose extension is no number', 'anna', [], true],
  ['a phone without an account', '1005', ['1005'], true],
  ['one that shows the external number after its own', '1005', ['1005', '+4930123'], true],
  ['one that shows no number', '1005', [], true],
  ['a trunk by name', 'trunk', [], false],
  ['a trunk by name that shows a number', 'telnyx', ['+4930123'], false],
  ['a trunk whose name is a number', '200100', ['+4930123'], false],
  ['a trunk whose name is its external number', '493012345678', ['493012345678'], false],
])('isOwnEndpoint: %s', async (_, endpoint, numbers, isPhone) => {
  expect((await directory()).isOwnEndpoint(endpoint, new Set(numbers))).toBe(isPhone)
})

test('an endpoint is named by the template', async () => {
  const { isOwnEndpoint } = await directory('{extension}-web')
  expect(isOwnEndpoint('1005-web', new Set(['1005']))).toBe(true)
  expect(isOwnEndpoint('1005', new Set(['1005']))).toBe(false)
  expect(isOwnEndpoint('-web', new Set())).toBe(false)
})

test('a disabled account has a phone, and no user in the directory', async () => {
  expect((await directory()).findByEndpoint('1002')).toBeUndefined()
})
