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
    webEndpointTemplate: '{extension}-web',
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
  const { isOwnEndpoint } = await directory('{extension}-desk')
  expect(isOwnEndpoint('1005-desk', new Set(['1005']))).toBe(true)
  expect(isOwnEndpoint('1005', new Set(['1005']))).toBe(false)
  expect(isOwnEndpoint('-desk', new Set())).toBe(false)
})

test('the browser of an extension is a phone of the same user', async () => {
  const { endpointsOf, findByEndpoint, isOwnEndpoint } = await directory()
  expect(endpointsOf('1001')).toEqual(['1001', '1001-web'])
  expect(findByEndpoint('1001-web')).toBe(findByEndpoint('1001'))
  expect(findByEndpoint('1002-web')).toBeUndefined()
  expect(isOwnEndpoint('1001-web', new Set(['1001']))).toBe(true)
  expect(isOwnEndpoint('1005-web', new Set(['1005']))).toBe(true)
  expect(isOwnEndpoint('1005-web', new Set(['+4930123']))).toBe(false)
})

test('a desk phone with the name that another extension’s browser would have keeps its user', async () => {
  const numbers = ['101', '99101']
  const made = createDirectory({
    users: {
      listPhoneUsers: async () =>
        numbers.map((extension) => ({
          ...{ userId: extension, extension, username: extension, name: extension, disabled: false },
          ...{ role: 'user' as const, team: null },
        })),
      revision: async () => '1',
    },
    endpointTemplate: '{extension}',
    webEndpointTemplate: '99{extension}',
    onError: () => {},
  })
  await made.refresh()
  expect(made.findByEndpoint('99101')?.extension).toBe('99101')
  expect(made.findByEndpoint('9999101')?.extension).toBe('99101')
})

test('a disabled account has a phone, and no user in the directory', async () => {
  expect((await directory()).findByEndpoint('1002')).toBeUndefined()
})
