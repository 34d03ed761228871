import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findOrUnpackAsterisk } from '../../../bin/system/asterisk.ts'
import { whyAsteriskUnavailable } from '../../support/asterisk.ts'
import { project, systemFolder } from '../../support/build.ts'
import { type FakeFreepbx, OAUTH_CLIENT, startFakeFreepbx } from '../../support/fake-freepbx.ts'
import { freeLowPort } from '../../support/free-port.ts'
import { type NamedOperation, type OpenApiDocument, operationsOf } from '../../support/openapi/document.ts'
import { createRoutesOnlyApp, documentOf } from '../../support/openapi/routes-only-app.ts'
import { createSchemaValidator, type SchemaValidator } from '../../support/openapi/schema-validator.ts'
import { type Phone, startPhone } from '../../support/phone.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'
import { TELNYX_PUBLIC_KEY } from './crm-operation-cases.ts'
import { documentMismatch, openWebSocket, sendRequest } from './openapi-client.ts'
import type { SendToOperation } from './operation-case.ts'
import { createOperationCases } from './operation-cases.ts'

/** Built before the stack starts, so that each operation is a test; a test compares it with the served one. */
const document = await documentOf(createRoutesOnlyApp())
const operations = operationsOf(document)
const hasPbx = (await whyAsteriskUnavailable()) === undefined
/** Tests dial more often than the default limits allow. */
const POLICY = { limits: { perMinute: 1_000, perDay: 10_000, concurrent: 100 } }

let stack: Stack
let schemas: SchemaValidator
let freepbx: FakeFreepbx
let third: Phone | undefined
const folder = mkdtempSync(join(tmpdir(), 'docs-'))
beforeAll(async () => {
  const policy = join(folder, 'dial-policy.json')
  writeFileSync(policy, JSON.stringify(POLICY))
  freepbx = await startFakeFreepbx()
  const sipPort = await freeLowPort()
  stack = await startStack({
    pbx: hasPbx,
    env: {
      HOOKSWITCH_REGISTRATION: 'open',
      HOOKSWITCH_PROVISIONER: 'freepbx',
      HOOKSWITCH_FREEPBX_URL: freepbx.url,
      HOOKSWITCH_FREEPBX_CLIENT_ID: OAUTH_CLIENT.clientId,
      HOOKSWITCH_FREEPBX_CLIENT_SECRET: OAUTH_CLIENT.clientSecret,
      HOOKSWITCH_EXTENSIONS: '1100-1199',
      HOOKSWITCH_SIP_DOMAIN: 'pbx.example.org',
      HOOKSWITCH_DIAL_POLICY: policy,
      HOOKSWITCH_TELNYX_PUBLIC_KEY: TELNYX_PUBLIC_KEY,
      HOOKSWITCH_PBX_SIP_PORT: String(sipPort),
      HOOKSWITCH_PBX_AMI_PORT: String(await freeLowPort()),
      HOOKSWITCH_PBX_HTTP_PORT: String(await freeLowPort()),
    },
  })
  schemas = createSchemaValidator(document, { sealed: true })
  if (!hasPbx) return
  // The demo's two phones are in the call: a transfer needs a third.
  const programs = await findOrUnpackAsterisk(systemFolder, join(project, 'bin/pbx'), () => {})
  const secret = readFileSync(join(stack.data, 'asterisk/phones.secret'), 'latin1').trim()
  third = await startPhone({ programs, sipPort, secretOf: () => secret }, '1003')
})
afterAll(async () => {
  await third?.stop()
  await stack?.stop()
  await freepbx?.stop()
  rmSync(folder, { recursive: true })
})

const url = ({ path, parameters = [] }: NamedOperation) => {
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => {
    const schema = parameters.find((one) => one.name === name)?.schema as { example?: string } | undefined
    return schema?.example ?? 'users-state'
  })
  return stack.url + filled
}
const isCallCenterOperation = ({ tags }: NamedOperation) => tags.some((tag) => tag.startsWith('Call centre'))
const isForAdmins = ({ summary = '' }: NamedOperation) => summary.endsWith('(admin)')
/** Also what supervisors do, too: the board, bulk changes and imports of leads. */
const isForOverseers = (one: NamedOperation) =>
  isForAdmins(one) ||
  one.tags.includes('board') ||
  one.tags.includes('lead imports') ||
  one.operationId === 'changeLeads'
const isSocket = ({ operationId }: NamedOperation) => ['voipSocket', 'phoneSocket'].includes(operationId)
const askOf = (one: NamedOperation) => (isSocket(one) ? openWebSocket : sendRequest)
const titled = (some: readonly NamedOperation[]) => some.map((one) => [one.operationId, one] as const)
/** An empty requirement: a token is optional. */
const isOptional = (requirement: object) => Object.keys(requirement).length === 0
const guarded = operations.filter(({ security = [] }) => security.length > 0 && !security.some(isOptional))
const isJson = { 'Content-Type': 'application/json' }

describe('the served OpenAPI document', () => {
  test('equals the one that these tests use, and contains the paths of /api/v1/openapi.json', async () => {
    const served = (await sendRequest({ method: 'GET', url: `${stack.url}/openapi.json` }))
      .body as OpenApiDocument // the tests check it
    expect(served).toEqual(document)
    const own = (await sendRequest({ method: 'GET', url: `${stack.url}/api/v1/openapi.json` }))
      .body as OpenApiDocument // as above
    const paths = operationsOf(own).map(({ path }) => `/api/v1${path}`)
    expect(paths.filter((path) => !(path in document.paths))).toEqual([])
  })

  test('has one test case for each operation', () => {
    const ids = operations.map(({ operationId }) => operationId)
    expect(Object.keys(createOperationCases(stack, hasPbx)).sort()).toEqual(ids.sort())
  })
})

describe('a request without a token', () => {
  test.each(titled(guarded))('%s answers 401 as documented', async (_, one) => {
    const answer = await askOf(one)({
      method: one.method.toUpperCase(),
      url: isSocket(one) ? `${url(one)}?extension=1001` : url(one),
    })
    expect([answer.status, documentMismatch(one, answer, schemas)]).toEqual([401, undefined])
  })
})

describe('a body of the wrong shape', () => {
  // A webhook's signature is verified first.
  const withBody = operations.filter(
    ({ requestBody, operationId }) => requestBody !== undefined && operationId !== 'crmTelnyxWebhook',
  )
  test.each(titled(withBody))('%s answers 400 or 422 as documented', async (_, one) => {
    const { body } = await sendRequest({
      method: 'POST',
      url: `${stack.url}/api/login`,
      headers: isJson,
      body: JSON.stringify({
        username: isCallCenterOperation(one) || isForOverseers(one) ? 'admin' : 'user1',
        password: 'password',
      }),
    })
    const { token } = body as { token: string } // the documented shape
    const answer = await sendRequest({
      method: one.method.toUpperCase(),
      url: url(one),
      headers: { ...isJson, ...(one.security?.length && { Authorization: `Bearer ${token}` }) },
      body: '["not", "this"]',
    })
    expect(documentMismatch(one, answer, schemas)).toBeUndefined()
    expect([400, 422]).toContain(answer.status)
  })
})

describe(hasPbx ? 'a valid request' : 'a valid request (without a PBX)', () => {
  test.each(titled(operations))('%s answers as documented', async (id, one) => {
    const known = createOperationCases(stack, hasPbx)[id]
    if (known === undefined) throw new Error('no case')
    if (hasPbx && one.tags.some((tag) => tag.includes('calls'))) await pbxIsOnline()
    const send: SendToOperation = (path, { token, json, text, headers, by = sendRequest } = {}) =>
      by({
        method: one.method.toUpperCase(),
        url: stack.url + path,
        headers: {
          ...headers,
          ...(token !== undefined && { Authorization: `Bearer ${token}` }),
          ...(json !== undefined && isJson),
          ...(text !== undefined && { 'Content-Type': 'text/csv' }),
        },
        body: json === undefined ? text : JSON.stringify(json),
      })
    const answer = await known.run(send)
    expect(documentMismatch(one, answer, schemas)).toBeUndefined()
    expect(known.statuses, JSON.stringify(answer.body)).toContain(answer.status)
  })

  async function pbxIsOnline() {
    const { body } = await sendRequest({
      method: 'POST',
      url: `${stack.url}/api/login`,
      headers: isJson,
      body: '{"username":"admin","password":"password"}',
    })
    const headers = { Authorization: `Bearer ${(body as { token: string }).token}` } // the documented shape
    await waitUntil('the PBX is connected', async () => {
      const answer = await sendRequest({ method: 'GET', url: `${stack.url}/api/v1/capabilities`, headers })
      return (answer.body as { online: boolean }).online // the documented shape
    })
  }
})
