import { beforeAll, describe, expect, test } from 'vitest'
import { createGuard } from '../../../api/http/guard.ts'
import { createRevocationCache } from '../../../contract/revocation-cache.ts'
import { SCOPES, type Scope } from '../../../contract/service-token.ts'
import { newKey } from '../../contract/mint-token.ts'
import { newServiceToken } from '../../contract/service-token-fixture.ts'
import { type NamedOperation, operationsOf } from '../../support/openapi/document.ts'
import { createRoutesOnlyApp, documentOf } from '../../support/openapi/routes-only-app.ts'
import { createUnavailableApp } from './unavailable-app.ts'
import { createFreshVerifier } from './v1/fresh-verifier.ts'

const nowS = 1_750_000_000
const revocations = createRevocationCache()
const tokenVerifier = createFreshVerifier(newKey('HS256', 'hs256-a'), nowS, revocations)
const { app } = createUnavailableApp({ guard: createGuard(tokenVerifier), tokenVerifier })

/** nginx and the sidecar answer these, or a socket: they have tests of their own. */
const NOT_OF_THE_API = ['media', 'streams', 'voip socket', 'phone socket']
/** nginx forwards this one under another path if it has a service token. */
const FORWARDED: Record<string, string> = { softphonePublish: 'pub-by-token' }

let operations: NamedOperation[]
beforeAll(async () => {
  const all = operationsOf(await documentOf(createRoutesOnlyApp()))
  operations = all.filter(({ tags, security }) => {
    const isOpen = security?.length === 0 || security?.some((one) => 'wallboardToken' in one)
    return !isOpen && !tags.some((tag) => NOT_OF_THE_API.includes(tag))
  })
})

const EXAMPLES: Record<string, string> = { channel: 'users-state', tokenId: '0123456789abcdef' }
const pathOf = ({ path, operationId }: NamedOperation) =>
  path
    .replace('/pub/', `/${FORWARDED[operationId] ?? 'pub'}/`)
    .replace(/\{(\w+)\}/g, (_, name: string) => EXAMPLES[name] ?? '1')

async function statusOf(operation: NamedOperation, text: string): Promise<number> {
  const hasBody = operation.requestBody !== undefined
  const res = await app.request(pathOf(operation), {
    method: operation.method.toUpperCase(),
    headers: {
      Authorization: `Bearer ${text}`,
      'X-Real-IP': '192.0.2.7',
      ...(hasBody ? { 'Content-Type': 'application/json' } : {}),
    },
    ...(hasBody ? { body: '{}' } : {}),
  })
  return res.status
}
const scopeOf = ({ security = [] }: NamedOperation): Scope | undefined =>
  security.flatMap((one) => one.serviceToken ?? [])[0] as Scope | undefined // the document names scopes alone
const isRefused = (status: number) => status === 401 || status === 403

/** @returns the operations that a token with these scopes opens */
async function openedBy(scopes: readonly Scope[]): Promise<string[]> {
  const { token, text } = newServiceToken(nowS, { scopes })
  revocations.serviceTokens.add(token)
  const opened: string[] = []
  for (const operation of operations) {
    const status = await statusOf(operation, text)
    expect(status, operation.operationId).not.toBe(404)
    if (!isRefused(status)) opened.push(operation.operationId)
  }
  return opened.sort()
}
const declaredFor = (scopes: readonly Scope[]) =>
  operations
    .filter((one) => scopes.some((scope) => scope === scopeOf(one)))
    .map(({ operationId }) => operationId)
    .sort()

describe('of all operations of all surfaces, a service token opens', () => {
  test('those alone that declare one of its scopes, with all scopes', async () => {
    expect(operations.length).toBeGreaterThan(150)
    const opened = await openedBy(SCOPES)
    expect(opened).toEqual(declaredFor(SCOPES))
    expect(opened).toEqual([
      'changeUser',
      'createUser',
      'deleteUser',
      'dial',
      'exportPastCalls',
      'findCall',
      'findPastCall',
      'findUser',
      'linkRecording',
      'listCalls',
      'listPastCalls',
      'listUsers',
      'setPasswordOfUser',
      'softphonePublish',
    ])
  })

  test.each(SCOPES)('with %s those alone that declare it', async (scope) => {
    expect(await openedBy([scope])).toEqual(declaredFor([scope]))
  })

  test('none without a scope, or after it was revoked', async () => {
    expect(await openedBy([])).toEqual([])
    const { token, text } = newServiceToken(nowS)
    revocations.serviceTokens.add(token)
    revocations.add({ kind: 'sid', key: `service:${token.id}`, generation: 0, until: token.expiresAt })
    const dial = operations.find(({ operationId }) => operationId === 'dial') as NamedOperation // the list above has it
    expect(await statusOf(dial, text)).toBe(401)
  })
})
