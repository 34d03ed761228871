import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConsoleBrowser, type Person, startConsoleBrowser } from '../../support/console/console-page.ts'
import { type Stack, startStack } from '../../support/stack.ts'

describe.each([
  ['a laptop', { width: 1280, height: 800 }],
  ['a phone', { width: 390, height: 844 }],
])('console: administration on %s', (_, viewport) => {
  let stack: Stack
  let browser: ConsoleBrowser
  let admin: Person
  beforeAll(async () => {
    stack = await startStack()
    browser = await startConsoleBrowser(stack.url)
    admin = await browser.openPerson({ viewport })
    await admin.signIn('admin', '/console/admin?tab=webhooks')
  })
  afterAll(async () => {
    await browser?.stop()
    await stack?.stop()
  })
  const dialog = () => admin.page.getByRole('dialog')
  const button = (name: string) => dialog().getByRole('button', { name, exact: true })
  async function expectInView(name: string) {
    const { y = 0, height = 0 } = (await button(name).boundingBox()) ?? {}
    const { y: top = 0, height: space = 0 } = (await dialog().boundingBox()) ?? {}
    expect(y).toBeGreaterThan(top)
    // With a space below it.
    expect(y + height).toBeLessThan(Math.min(top + space, viewport.height) - 8)
  }

  it('has its tabs in one row, with the current one in view', async () => {
    const tabs = admin.page.getByRole('tab')
    await tabs.first().waitFor({ state: 'attached' })
    const boxes = await Promise.all((await tabs.all()).map((tab) => tab.boundingBox()))
    expect(new Set(boxes.map((box) => box?.y)).size).toBe(1)
    for (const name of ['Webhooks', 'Security log', 'People', 'Tokens']) {
      await admin.page.getByRole('tab', { name }).click()
      const { x = -1, width = 0 } =
        (await admin.page.getByRole('tab', { name, selected: true }).boundingBox()) ?? {}
      expect(x).toBeGreaterThanOrEqual(0)
      expect(x + width).toBeLessThanOrEqual(viewport.width)
    }
  })

  it('shows the buttons of a long form, and what is missing in its own words', async () => {
    await admin.page.getByRole('tab', { name: 'Webhooks' }).click()
    await admin.page.getByRole('button', { name: 'Add a webhook' }).click()
    await expectInView('Add')
    for (const box of await dialog().locator('input[name=events]').all()) await box.uncheck()
    await dialog().getByLabel('URL').fill('https://example.org/')
    await button('Add').click()
    const alert = dialog().getByText('Choose at least one event.')
    await alert.waitFor()
    const { y = 0, height = 0 } = (await alert.boundingBox()) ?? {}
    expect(y + height).toBeLessThan((await button('Add').boundingBox())?.y ?? 0)
    await button('Cancel').click()

    await admin.page.getByRole('tab', { name: 'Tokens' }).click()
    await admin.page.getByRole('button', { name: 'New token' }).click()
    await expectInView('Make the token')
    await dialog().getByLabel('Name of the program').fill('CRM')
    await dialog().getByLabel('Read all accounts').check()
    await dialog().getByLabel('Valid for').fill('500')
    await button('Make the token').click()
    await dialog().getByRole('alert').getByText('A whole number from 1 to 400.').waitFor()
    await button('Cancel').click()
  })

  it('lets a person cancel an authenticator app at the code to scan', async () => {
    await admin.page.goto('/console/me')
    await admin.page.getByRole('button', { name: 'Add an app' }).click()
    await dialog().locator('input[name=current]').fill('password')
    await button('Continue').click()
    await dialog().getByRole('img').waitFor()
    await expectInView('Confirm')
    await button('Cancel').click()
    await dialog().waitFor({ state: 'detached' })
    await admin.page.getByRole('button', { name: 'Add an app' }).waitFor()
  })
})
