import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SourcePerson } from '../../../../api/core/account-imports/account-source.ts'
import type { ImportOptions, KnownAccount } from '../../../../api/core/account-imports/import-plan.ts'
import { planImport } from '../../../../api/core/account-imports/plan-import.ts'
import { Refusal } from '../../../../api/core/refusal.ts'
import { normalizeName } from '../../../../api/core/values/account-names.ts'
import { foldDisplayName } from '../../../../api/core/values/display-name.ts'

const OPTIONS: ImportOptions = {
  role: 'user',
  signIn: 'none',
  disableMissing: true,
  allowMassDisable: false,
  link: false,
}

const person = (extension: string, more: Partial<SourcePerson> = {}): SourcePerson => ({
  sourceId: extension,
  extension,
  name: `Person ${extension}`,
  email: null,
  ...more,
})

/** An account that an import has made from `person(extension)`. */
const account = (extension: string, more: Partial<KnownAccount> = {}): KnownAccount => ({
  id: extension,
  username: extension,
  extension,
  email: null,
  displayName: `Person ${extension}`,
  role: 'user',
  disabled: false,
  source: 'freepbx',
  sourceId: extension,
  revision: 0,
  isDisabledBySource: false,
  lastImport: lastImportOf(extension),
  ...more,
})
/** @param disabled an import has disabled the account */
const lastImportOf = (extension: string, disabled = false) => ({
  values: {
    ...{ displayName: `Person ${extension}`, email: null, extension },
    ...(disabled ? { disabled } : {}),
  },
})
const byHand = { source: null, sourceId: null, lastImport: null }

const policy = {
  check(number: string) {
    if (number.startsWith('9')) throw new Refusal('dial_denied')
    return { number, kind: 'internal', isEmergency: false } as never // no other member is read
  },
  reservedKind: () => undefined,
}

function plan(
  people: SourcePerson[],
  accounts: KnownAccount[] = [],
  {
    reserved = [],
    lineErrors = [],
    ...options
  }: Partial<ImportOptions> & { reserved?: string[]; lineErrors?: [] } = {},
) {
  const logins = new Map<string, string>()
  const displayNames = new Map<string, string>()
  for (const { id, username, extension, email, displayName } of accounts) {
    for (const name of [username, extension, email]) if (name) logins.set(normalizeName(name), id)
    for (const name of [username, extension, displayName])
      if (name) displayNames.set(foldDisplayName(name), id)
  }
  const steps = planImport({
    source: 'freepbx',
    fetched: { people, lineErrors },
    options: { ...OPTIONS, ...options },
    accounts,
    names: { logins, displayNames, reserved: new Set(reserved) },
    policy,
  })
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}
const planned = (...args: Parameters<typeof plan>) =>
  plan(...args).items.map(({ action, username, reason }) => `${username}: ${reason ?? action}`)

describe('planImport', () => {
  test('makes an account of each new person, with the extension as the username', () => {
    const [item] = plan([person('1001', { email: 'Anna@Example.org' })]).items
    expect(item).toMatchObject({
      action: 'create',
      username: '1001',
      changes: { displayName: 'Person 1001', email: 'Anna@Example.org', extension: '1001', role: 'user' },
    })
  })

  test('has the address of a username that is one', () => {
    const { items } = plan([person('1001', { username: 'anna@example.org' })])
    expect(items).toMatchObject([{ username: 'anna@example.org', changes: { email: 'anna@example.org' } }])
    const clash = person('1001', { username: 'anna@example.org', email: 'bert@example.org' })
    expect(planned([clash])).toEqual(['anna@example.org: username_invalid'])
  })

  test('changes nothing where the account equals the source', () => {
    expect(planned([person('1001')], [account('1001')])).toEqual(['1001: unchanged'])
  })

  test('changes what the last import wrote', () => {
    const { items } = plan([person('1001', { name: 'Anna' })], [account('1001')])
    expect(items).toMatchObject([{ action: 'change', changes: { displayName: 'Anna' }, kept: [] }])
  })

  test('keeps a member that was changed here, and changes the others', () => {
    const renamed = account('1001', { displayName: 'Anna Schmidt' })
    const people = [person('1001', { name: 'Anna', email: 'anna@example.org' })]
    expect(plan(people, [renamed]).items).toMatchObject([
      { action: 'change', changes: { email: 'anna@example.org' }, kept: ['displayName'] },
    ])
  })

  test('keeps an account that differs by the hand of a person alone', () => {
    const { items } = plan([person('1001')], [account('1001', { displayName: 'Anna Schmidt' })])
    expect(items).toMatchObject([{ action: 'changed_here', changes: {}, kept: ['displayName'] }])
  })

  test.each([
    ['disables a person who is gone', account('1002'), '1002: missing', { disabled: true }],
    [
      'leaves one alone whom an administrator has enabled since',
      account('1002', { lastImport: lastImportOf('1002', true) }),
      '1002: missing',
      {},
    ],
    ['leaves an account of another source alone', account('1002', { source: 'csv' }), undefined, undefined],
    ['leaves an account without a source alone', account('1002', byHand), undefined, undefined],
  ])('%s', (_, gone, expected, changes) => {
    const { items } = plan([person('1001')], [account('1001'), gone])
    const item = items.find(({ username }) => username === '1002')
    expect(item && `${item.username}: ${item.reason}`).toBe(expected)
    expect(item?.changes).toEqual(changes)
  })

  test('disables no missing person unless asked', () => {
    const { counts } = plan([person('1001')], [account('1001'), account('1002')], { disableMissing: false })
    expect(counts).toMatchObject({ disable: 0, unchanged: 2 })
  })

  test('enables a person who is back, if an import has disabled the account', () => {
    const back = account('1001', {
      disabled: true,
      isDisabledBySource: true,
      lastImport: lastImportOf('1001', true),
    })
    expect(plan([person('1001')], [back]).items).toMatchObject([
      { action: 'enable', changes: { disabled: false } },
    ])
  })

  test.each([
    ['an administrator has disabled it', false],
    ['an administrator has enabled it and disabled it again', true],
  ])('leaves an account disabled if %s', (_, byImport) => {
    const last = lastImportOf('1001', byImport)
    const disabled = account('1001', { disabled: true, lastImport: last })
    expect(plan([person('1001')], [disabled]).items).toMatchObject([
      { action: 'changed_here', changes: {}, kept: ['disabled'] },
    ])
  })

  test('still knows that an administrator has enabled an account, after another change at the source', () => {
    const enabled = account('1001', { lastImport: lastImportOf('1001', true) })
    const renamed = { name: 'Anna', disabled: true }
    const [item] = plan([person('1001', renamed)], [enabled]).items
    expect(item).toMatchObject({ action: 'change', kept: ['disabled'], values: { disabled: true } })
    const [back] = plan([person('1001', { name: 'Anna' })], [enabled]).items
    expect(back?.values).not.toHaveProperty('disabled')
  })

  test.each([
    ['\u0430dmin', null, ['name_mixes_scripts']],
    ['Anna \u0430nna', null, ['name_mixes_scripts']],
    ['Отдел IT-поддержки', 'Отдел IT-поддержки', []],
    ['Fay', 'Fay', []],
    ['fay', null, []],
    ['1001', null, []],
  ])('reads the name %s', (name, displayName, notes) => {
    const { items } = plan([person('1001', { username: 'fay', name })])
    expect(items).toMatchObject([{ action: 'create', changes: { displayName }, notes }])
  })

  test('counts new accounts that are disabled', () => {
    const people = ['1001', '1002', '1003'].map((one) => person(one, { disabled: one !== '1002' }))
    expect(plan(people)).toMatchObject({ newDisabled: 2, counts: { create: 3, disable: 0 } })
  })

  test('disables a person whom the source lists as disabled', () => {
    const people = [person('1001', { disabled: true }), person('1002', { disabled: true })]
    expect(plan(people, [account('1001')]).items).toMatchObject([
      { action: 'disable', reason: 'disabled_at_source' },
      { action: 'create', changes: { disabled: true } },
    ])
  })

  const five = ['1001', '1002', '1003', '1004', '1005']
  test('disables no account if fewer than half of the known people are listed', () => {
    const accounts = five.map((one) => account(one))
    const mass = plan([person('1001'), person('1002')], accounts)
    expect(mass).toMatchObject({ isMassDisable: true, counts: { disable: 0, conflict: 3 } })
    expect(plan([], accounts).counts).toMatchObject({ disable: 0, conflict: 5 })
    expect(plan([], accounts, { allowMassDisable: true }).counts).toMatchObject({ disable: 5 })
    expect(
      plan(
        five.slice(2).map((one) => person(one)),
        accounts,
      ).counts,
    ).toMatchObject({ disable: 2 })
  })
  test('does not count those who left long ago', () => {
    const left = five.slice(1).map((one) => account(one, { disabled: true }))
    const { counts } = plan([person('1001')], [account('1001'), ...left, account('1006')])
    expect(counts).toMatchObject({ disable: 1 })
  })
  test('disables no account if a part of the list could not be read', () => {
    const lineErrors = [{ line: 3, reason: 'a row' }] as unknown as []
    expect(planned([person('1001')], [account('1001'), account('1002')], { lineErrors })).toEqual([
      '1001: unchanged',
      '1002: list_incomplete',
    ])
  })

  test.each<[string, SourcePerson, string]>([
    ['an extension that the dial policy denies', person('911'), 'extension_not_dialable'],
    ['an extension with letters', person('12a4'), 'extension_invalid'],
    ['an extension that rests', person('1009'), 'extension_reserved'],
    ['no extension and no username', person('', { sourceId: 'x' }), 'extension_missing'],
    ['a username with a blank', person('1001', { username: 'anna b' }), 'username_invalid'],
    ['a username that is the number of another', person('1001', { username: '1002' }), 'username_invalid'],
    ['the extension of an account made by hand', person('2001'), 'account_exists'],
    ['the extension of an account of another source', person('2002'), 'extension_taken'],
    ['the username of another account', person('1001', { username: 'boss' }), 'username_taken'],
  ])('names the conflict: %s', (_, newcomer, reason) => {
    const others = [
      account('2001', { ...byHand, username: 'paul' }),
      account('2002', { source: 'csv', username: 'mary' }),
      account('2003', { ...byHand, username: 'boss' }),
    ]
    const { items } = plan([newcomer], others, { reserved: ['1009'] })
    expect(items[0]).toMatchObject({ action: 'conflict', reason, changes: {} })
  })

  test('makes no account of two people with one extension, id or username', () => {
    expect(planned([person('1001'), person('1001', { sourceId: 'other' }), person('1002')])).toEqual([
      '1001: duplicate',
      '1001: duplicate',
      '1002: create',
    ])
  })
  test('does not disable a person in conflict', () => {
    const twice = [person('1001'), person('1001', { sourceId: 'b' })]
    expect(plan(twice, [account('1001')]).counts).toMatchObject({ conflict: 2, disable: 0 })
  })

  test('takes over an account that was made by hand only if asked, and changes nothing of it', () => {
    const paul = account('2001', { ...byHand, username: 'paul', displayName: 'Paul' })
    expect(plan([person('2001')], [paul], { link: true }).items).toMatchObject([
      { action: 'link', username: 'paul', userId: '2001', changes: {}, kept: ['displayName'] },
    ])
  })

  test('does without an address that another person or account has', () => {
    const boss = account('2003', { ...byHand, username: 'boss', email: 'office@example.org' })
    const people = [
      person('1001', { email: 'Office@example.org' }),
      person('1002', { email: 'team@example.org' }),
      person('1003', { email: 'TEAM@example.org' }),
      person('1004', { email: 'no address' }),
    ]
    expect(plan(people, [boss]).items.map(({ changes, notes }) => [changes.email, notes])).toEqual([
      [null, ['email_taken']],
      [null, ['email_shared']],
      [null, ['email_shared']],
      [null, ['email_invalid']],
    ])
  })

  test('adds the extension to a name that several people have', () => {
    const people = [person('1001', { name: 'Anna' }), person('1002', { name: 'anna' })]
    expect(plan(people).items.map(({ name }) => name)).toEqual(['Anna (1001)', 'anna (1002)'])
  })

  test('leaves the last administrator enabled', () => {
    const admins = ['1001', '1002'].map((one) => account(one, { role: 'admin' }))
    const people = [person('1003'), person('1004'), person('1005')]
    const others = people.map(({ sourceId }) => account(sourceId))
    expect(plan(people, [...admins, ...others]).items.slice(3)).toMatchObject([
      { action: 'disable' },
      { action: 'conflict', reason: 'last_admin', changes: {} },
    ])
  })

  test('does not give the extension of a username to another number', () => {
    const moved = person('1002', { sourceId: '1001' })
    expect(planned([moved], [account('1001')])).toEqual(['1001: extension_is_username'])
  })
})

const number = fc.integer({ min: 1001, max: 1012 }).map(String)
const anyPerson = fc.record({
  sourceId: number,
  extension: fc.option(number, { nil: null }),
  username: fc.option(fc.oneof(number, fc.constantFrom('anna', 'Bert', 'x y', '')), { nil: undefined }),
  name: fc.option(fc.constantFrom('Anna', 'Bert', '1003', 'Chris'), { nil: null }),
  email: fc.option(fc.constantFrom('a@example.org', 'b@example.org', '?'), { nil: null }),
  disabled: fc.option(fc.boolean(), { nil: undefined }),
})
const anyAccount = fc
  .record({
    extension: number,
    role: fc.constantFrom('user' as const, 'admin' as const),
    disabled: fc.boolean(),
    isDisabledBySource: fc.boolean(),
    source: fc.constantFrom('freepbx', 'csv', null),
    wasDisabled: fc.boolean(),
    displayName: fc.option(fc.constantFrom('Anna', 'Dora'), { nil: null }),
  })
  .map(({ extension, source, wasDisabled, ...more }) =>
    account(extension, {
      ...more,
      ...(source === null ? byHand : { source }),
      ...(source === null ? {} : { lastImport: lastImportOf(extension, wasDisabled) }),
    }),
  )
const anyRequest = fc.record({
  people: fc.array(anyPerson, { maxLength: 8 }),
  accounts: fc.uniqueArray(anyAccount, { maxLength: 8, selector: ({ extension }) => extension }),
  options: fc.record({ allowMassDisable: fc.boolean(), disableMissing: fc.boolean(), link: fc.boolean() }),
})

describe('any plan', () => {
  test('changes no account of another source, and none by hand', () => {
    fc.assert(
      fc.property(anyRequest, ({ people, accounts, options }) => {
        const changing = plan(people, accounts, options).items.filter(
          ({ changes, userId }) => userId !== undefined && Object.keys(changes).length > 0,
        )
        for (const { userId } of changing) {
          expect(accounts.find(({ id }) => id === userId)?.source).toBe('freepbx')
        }
      }),
    )
  })

  test('leaves an administrator who can sign in, if there was one', () => {
    fc.assert(
      fc.property(anyRequest, ({ people, accounts, options }) => {
        const active = accounts.filter(({ role, disabled }) => role === 'admin' && !disabled)
        const lost = plan(people, accounts, options).items.filter(
          ({ changes, userId }) => changes.disabled === true && active.some(({ id }) => id === userId),
        )
        expect(lost.length).toBeLessThan(Math.max(1, active.length))
      }),
    )
  })

  test('makes accounts with names that no two of them share', () => {
    fc.assert(
      fc.property(anyRequest, ({ people, accounts, options }) => {
        const made = plan(people, accounts, options).items.filter(({ action }) => action === 'create')
        const owners = new Map<string, number>()
        made.forEach(({ username, changes: { extension, email } }, at) => {
          for (const name of [username, extension, email].flatMap((one) => one ?? []).map(normalizeName)) {
            expect(owners.get(name) ?? at).toBe(at)
            owners.set(name, at)
            const taken = accounts.some((one) => [one.username, one.extension, one.email].includes(name))
            expect(taken).toBe(false)
          }
        })
      }),
    )
  })

  test('has nothing left to do once it was applied', () => {
    fc.assert(
      fc.property(fc.uniqueArray(number, { maxLength: 8 }), (numbers) => {
        const people = numbers.map((one) => person(one))
        const made = plan(people).items.map(({ values, username }) =>
          account(username, { ...values, lastImport: { values } } as never),
        )
        expect(plan(people, made).counts.unchanged).toBe(numbers.length)
      }),
    )
  })
})
