import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CallCenterClient, type CallCenterStack, startCallCenter } from '../../support/call-center.ts'
import { axeViolations } from '../../support/console/axe.ts'
import {
  type ConsoleBrowser,
  expectNoComplaints,
  type Person,
  startConsoleBrowser,
} from '../../support/console/console-page.ts'
import { CHEAP_PASSWORD } from '../../support/seed-users.ts'

const REFUSED_REQUEST = /Failed to load resource: the server responded with a status of 4(09|12)/
/** A script that must never run, as the name of a template. */
const HOSTILE_NAME = '<img src=x onerror="window.canary=1">'
const HOSTILE_LINE = '<script>window.canary=2</script>\u202e'
const FIRST = `Hello {{name}}, this is {{agent}}.\nYou sell tea.\n${HOSTILE_LINE}\nBe brief, {{first name}}.`

describe('console: AI settings', () => {
  let callCenter: CallCenterStack
  let browser: ConsoleBrowser
  let sven: Person
  let page: Page
  beforeAll(async () => {
    callCenter = await startCallCenter()
    browser = await startConsoleBrowser(callCenter.stack.url)
    sven = await open('sven', '/console/ai')
    page = sven.page
  })
  afterAll(async () => {
    await browser?.stop()
    await callCenter?.stop()
  })

  async function open(
    name: string,
    path: string,
    options: Parameters<ConsoleBrowser['openPerson']>[0] = {},
  ): Promise<Person> {
    const person = await browser.openPerson(options)
    await person.signIn(name, path, CHEAP_PASSWORD)
    return person
  }
  const button = (name: string | RegExp, within: Page | Locator = page) =>
    within.getByRole('button', { name, exact: true })
  const field = (label: string) => page.getByLabel(label, { exact: true })
  const errorOf = async (label: string) => {
    await page.locator('[aria-invalid=true]').first().waitFor()
    const id = await field(label).getAttribute('aria-describedby')
    return page.locator(`[id="${id}"]`).textContent()
  }
  const templatePath = () => `/ai/templates/${new URL(page.url()).searchParams.get('id')}`
  const stored = async (path = templatePath()) => (await callCenter.clients.root.request(path)).body
  /** As another program would. */
  async function changeAs(who: CallCenterClient, content: string) {
    const json = { name: HOSTILE_NAME, category: 'sales', content }
    const { status } = await who.request(templatePath(), { method: 'PUT', json })
    expect(status).toBe(200)
  }
  const versions = (within = page) => within.getByRole('list', { name: 'Versions' }).getByRole('listitem')
  const version = (number: number) => versions().filter({ hasText: `Version ${number}` })
  const linesOf = (label: string) => page.getByRole('list', { name: label }).getByRole('listitem')

  it('creates a template, with each refusal beside its field, and shows its placeholders', async () => {
    await page.getByText('It calls no AI model itself').waitFor()
    await page.getByText('There are no templates yet.').waitFor()
    await button('New template').click()
    await button('Create').click()
    expect(await errorOf('Name')).toBe('This cannot be empty.')
    expect(await errorOf('Prompt')).toBe('This cannot be empty.')
    await field('Name').fill(HOSTILE_NAME)
    await field('Category').fill('sales')
    await field('Prompt').fill(FIRST)
    const placeholders = page.getByRole('list', { name: 'Placeholders' })
    expect(await placeholders.getByRole('listitem').allTextContents()).toEqual(['{{name}}', '{{agent}}'])
    await page.getByText('These are not placeholders and stay plain text: {{first name}}').waitFor()
    await button('Create').click()
    await page.getByRole('heading', { name: HOSTILE_NAME }).waitFor()
    expect(await stored()).toMatchObject({ content: FIRST, variables: ['name', 'agent'], version: 1 })

    await button('← Back to the list').click()
    await button('New template').click()
    await field('Name').fill(HOSTILE_NAME)
    await field('Prompt').fill('x')
    await button('Create').click()
    expect(await errorOf('Name')).toBe('Another template has this name.')
    await button('← Back to the list').click()
    await button(HOSTILE_NAME).click()
  })

  it('lists each version with its author and time', async () => {
    await field('Prompt').fill(FIRST.replace('tea', 'green coffee'))
    await page.getByText('Not saved yet.').waitFor()
    await button('Save').click()
    await version(2).getByText('current').waitFor()
    await changeAs(callCenter.clients.tara, FIRST.replace('tea', 'coffee').replace('Be brief', 'Be kind'))
    await page.reload()
    await version(3).getByText('by tara').waitFor()
    await version(2).getByText('by sven').waitFor()
    expect(await versions().count()).toBe(3)
    const time = await version(3).locator('time').getAttribute('datetime')
    expect(Math.abs(Date.parse(time ?? '') - Date.now())).toBeLessThan(600_000)
  })

  it('compares any two versions, in words for a screen reader, too', async () => {
    await button('Compare: Version 1').click()
    await page.getByText('2 lines inserted, 2 lines deleted').waitFor()
    expect(await linesOf('Prompt').allTextContents()).toEqual([
      ' Hello {{name}}, this is {{agent}}.',
      '−Deleted line:You sell tea.',
      '+Inserted line:You sell coffee.',
      ` ${HOSTILE_LINE}`,
      '−Deleted line:Be brief, {{first name}}.',
      '+Inserted line:Be kind, {{first name}}.',
    ])
    expect(await page.locator('del').allTextContents()).toEqual(['tea', 'brief'])
    expect(await page.locator('ins').allTextContents()).toEqual(['coffee', 'kind'])
    await page.getByText('Unchanged: Name, Category.').waitFor()

    await page.getByLabel('New version').selectOption('2')
    await page.getByText('1 line inserted, 1 line deleted').waitFor()
    expect(await page.locator('ins').allTextContents()).toEqual(['green coffee'])
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toMatchObject({ from: '1', to: '2' })
    await button('Close the comparison').click()
  })

  it('restores an older version as a new one, unless another user was faster', async () => {
    const dialog = page.getByRole('dialog')
    await button('Restore: Version 1').click()
    await changeAs(callCenter.clients.tara, 'of another user')
    await button('Restore', dialog).click()
    await dialog.getByText('so nothing was restored').waitFor()
    expect(await stored()).toMatchObject({ content: 'of another user', version: 4 })
    await dialog.getByText('as version 5').waitFor()
    await button('Restore', dialog).click()
    await version(5).getByText('current').waitFor()
    expect(await stored()).toMatchObject({ content: FIRST, version: 5 })
    expect(await field('Prompt').inputValue()).toBe(FIRST)
  })

  it('shows what crosses a change, and overwrites it only when asked to', async () => {
    await field('Prompt').fill('mine')
    await changeAs(callCenter.clients.tara, 'theirs')
    await button('Save').click()
    await page.getByText('Version 6 was saved by another user').waitFor()
    expect(await linesOf('Prompt').allTextContents()).toEqual(['−Deleted line:theirs', '+Inserted line:mine'])
    expect(await stored()).toMatchObject({ content: 'theirs', version: 6 })
    await button('Save mine as the next version').click()
    await version(7).getByText('current').waitFor()
    expect(await stored()).toMatchObject({ content: 'mine', version: 7 })
  })

  it('has no complaint of axe with a comparison, in any language and either theme', async () => {
    const path = `${new URL(page.url()).pathname}${new URL(page.url()).search}&from=1&to=3`
    // The list itself is among the screens that are opened in each language and each theme.
    for (const [language, theme] of [
      ['en', 'light'],
      ['ru', 'dark'],
      ['es', 'light'],
    ] as const) {
      const person = await open('anna', path, { language, theme })
      await person.page.locator('del').first().waitFor()
      expect([language, theme, await axeViolations(person.page)]).toEqual([language, theme, []])
      expectNoComplaints(person)
      await person.close()
    }
  })

  it('lets agents read templates and compare their versions, and change nothing', async () => {
    const anna = await open('anna', '/console/ai')
    await button(HOSTILE_NAME, anna.page).click()
    await anna.page.getByText('You may read this, but not change it.').waitFor()
    await versions(anna.page).first().waitFor()
    expect(await anna.page.getByLabel('Prompt', { exact: true }).getAttribute('readonly')).not.toBeNull()
    await button('Compare: Version 2', anna.page).click()
    await anna.page.locator('ins').first().waitFor()
    for (const name of [/^Restore/, 'Save', 'Delete', 'New template'])
      expect(await button(name, anna.page).count()).toBe(0)
    expect(await anna.page.getByRole('tab').allTextContents()).toEqual(['Templates', 'Agents'])
    expectNoComplaints(anna)
    await anna.close()
  })

  it('shows supervisors the settings of their team alone, and the configuration to read', async () => {
    await page.getByRole('tab', { name: 'Agents' }).click()
    await button('anna').waitFor()
    expect(await button('carl').count()).toBe(0)
    await button('anna').click()
    await page.getByText('This agent has no AI settings.').waitFor()
    await field('System prompt').fill('You sell tea.')
    await field('Language').fill('not a language')
    await field('Temperature').fill('3')
    await button('Save').click()
    expect(await errorOf('Language')).toContain('This is not a language tag.')
    expect(await errorOf('Temperature')).toBe('This must be a number from 0 to 2.')
    await field('Language').fill('en-gb')
    await field('Temperature').fill('0.4')
    await button('Save').click()
    await version(1).getByText('by sven').waitFor()
    expect(await field('Language').inputValue()).toBe('en-GB')

    await button('Delete').click()
    await button('Delete', page.getByRole('dialog')).click()
    await version(2).getByText('deletion').waitFor()
    const path = `/ai/settings/${callCenter.agentIds.anna}`
    expect(await stored(path)).toBeNull()
    await button('Restore: Version 1').click()
    await button('Restore', page.getByRole('dialog')).click()
    await version(3).getByText('current').waitFor()
    expect(await stored(path)).toMatchObject({ systemPrompt: 'You sell tea.', temperature: 0.4, version: 3 })

    await page.getByRole('tab', { name: 'Configuration' }).click()
    await page.getByText('You may read this, but not change it.').waitFor()
    expect(await button('Save').count()).toBe(0)
  })

  it('lets administrators change the configuration', async () => {
    const root = await open('root', '/console/ai?tab=config')
    const { page: own } = root
    await own.getByText('no configuration has been stored yet').waitFor()
    await own.getByLabel('Model', { exact: true }).fill('large-1')
    await own.getByLabel('Use Claude Code').check()
    await button('Save', own).click()
    await versions(own).getByText('by root').waitFor()
    expect(await stored('/ai/config')).toMatchObject({ model: 'large-1', useClaudeCode: true, version: 1 })
    expectNoComplaints(root)
    await root.close()
  })

  it('deletes a template after a question, and has run no script of a text', async () => {
    await page.getByRole('tab', { name: 'Templates' }).click()
    await button(HOSTILE_NAME).click()
    const path = templatePath()
    await button('Delete').click()
    await page.getByRole('dialog').getByText('The template is removed from the list').waitFor()
    await button('Cancel', page.getByRole('dialog')).click()
    expect(await stored(path)).toMatchObject({ version: 7 })
    await button('Delete').click()
    await button('Delete', page.getByRole('dialog')).click()
    await page.getByText('There are no templates yet.').waitFor()
    expect((await callCenter.clients.root.request(path)).status).toBe(404)
    expect(await page.evaluate('window.canary')).toBeUndefined()
    expectNoComplaints(sven, [REFUSED_REQUEST])
  })
})
