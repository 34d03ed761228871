import { describe, expect, test } from 'vitest'
import { type Member, readRequests } from './request-members.ts'

const { ask, exampleOf, members, takeErrors } = await readRequests()
const titled = (some: readonly Member[]) =>
  some.map((one) => [one.operation.operationId, one.part, one.name, one] as const)
/** Its signature is verified before its body is read. */
const isSigned = ({ operation }: Member) => operation.operationId === 'crmTelnyxWebhook'
const ofBodies = members.filter((one) => one.part === 'body' && !isSigned(one))

test('the tested members include members of every surface', () => {
  const names = members.map(({ operation, name }) => `${operation.operationId}.${name}`)
  for (const name of [
    'crmCreateCampaign.endTime',
    'crmSetAgentAiSettings.temperature',
    'crmSetAiConfig.ttsProvider',
    'crmCreateTemplate.variables',
    'crmRegisterInvitation.email',
    'voipInitiateCall.target_extension',
    'dial.user_id',
    'linkRecording.minutes',
    'onboardingRegister.invitation',
    'crmCampaigns.limit',
  ]) {
    expect.soft(names, names.join('\n')).toContain(name)
  }
})

describe('null for an optional member is treated as if it were left out', () => {
  const optional = ofBodies.filter(({ isRequired }) => !isRequired)
  test.each(titled(optional))('%s %s %s', async (_, __, name, { operation }) => {
    for (const body of [{}, exampleOf(operation)]) {
      const { [name]: _left, ...without } = body as Record<string, unknown>
      expect(await ask(operation, { ...without, [name]: null })).toEqual(await ask(operation, without))
    }
    expect(takeErrors()).toEqual([])
  })
})

const SECRET = 'hunter2hunter2'
/** Values for each rule to refuse: wrong types, too short, too long, malformed. */
const WRONG: readonly unknown[] = [
  ...[null, true, -1, 0.5, 1e300, '', ' ', '\u0000\n', SECRET, `${SECRET}@`, SECRET.repeat(5_000)],
  ...[[], {}, [SECRET], [null], [0.5], { x: SECRET }, { BUSY: SECRET }, Array(1_500).fill(SECRET)],
]
/** Texts of a validator or of a program, and texts without information. */
const RAW =
  /✖|→|Invalid (input|option|string|email|ISO|key|discriminator)|Too (small|big)|expected|received|Unrecognized|pattern|regex|NaN|undefined|\[object|is not allowed|a value that is allowed here|>=|<=/

let checkedCount = 0
function checkErrorText(member: string, text: string): void {
  checkedCount += 1
  expect(text).not.toMatch(RAW)
  expect(text).not.toContain(SECRET)
  expect(text.length).toBeLessThan(5_000)
  expect(text).toContain(member)
}

describe('a validation error names the member and what is allowed, and does not repeat the value', () => {
  test.each(titled(ofBodies))('%s %s %s', async (_, __, name, { operation, isRequired }) => {
    const base = exampleOf(operation)
    if (isRequired) {
      const { [name]: _left, ...without } = base
      const { status, text } = await ask(operation, without)
      if (status === 400 || status === 422) checkErrorText(name, text)
    }
    for (const value of WRONG) {
      const { status, text } = await ask(operation, { ...base, [name]: value })
      if (status === 400 || status === 422) checkErrorText(name, text)
    }
  })

  const bodyFor = (operation: Member['operation']) =>
    operation.requestBody === undefined ? undefined : exampleOf(operation)
  const queries = members.filter(({ part }) => part === 'query')
  test.each(titled(queries))('%s %s %s', async (_, __, name, { operation }) => {
    for (const value of ['', '-1', '0.5', '1e9', SECRET, `${SECRET}!\n`, SECRET.repeat(100)]) {
      const { status, text } = await ask(
        operation,
        bodyFor(operation),
        `?${name}=${encodeURIComponent(value)}`,
      )
      if (status === 400 || status === 422) checkErrorText(name, text)
    }
  })

  test.each(
    titled(
      ofBodies.filter(({ name, operation }, at, all) => {
        const first = all.findIndex((one) => one.operation === operation)
        return at === first && name !== ''
      }),
    ),
  )('%s: for a body of another type, or with unknown members', async (_, __, ___, { operation }) => {
    for (const body of [null, [], 'text', 5, [SECRET]]) {
      const { status, text } = await ask(operation, body)
      if (status === 400 || status === 422) checkErrorText('', text)
    }
    const strange = Object.fromEntries(
      Array.from({ length: 500 }, (_, n) => [`x${n}${'y'.repeat(500)}\n`, n]),
    )
    const { status, text } = await ask(operation, { ...exampleOf(operation), ...strange })
    if (status === 400 || status === 422) checkErrorText('', text)
  })

  test('more than 1 000 errors were checked', () => {
    expect(checkedCount).toBeGreaterThan(1_000)
  })
})
