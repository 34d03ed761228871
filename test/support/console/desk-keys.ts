import type { Page } from 'playwright-core'

/** Waits until the desk shows another lead. @returns its id */
export async function nextLead(page: Page, shown: number | undefined): Promise<number> {
  const title = page.locator(shown === undefined ? '[data-lead]' : `[data-lead]:not([data-lead="${shown}"])`)
  await title.waitFor({ timeout: 60_000 })
  return Number(await title.getAttribute('data-lead'))
}

/** By its key, which does nothing for a moment when a card disappears while an agent types. */
export async function openNotes(page: Page): Promise<void> {
  for (;;) {
    await page.keyboard.press('n')
    if ((await page.locator('textarea:focus').count()) === 1) return
    await page.waitForTimeout(1_700)
  }
}

/** Stops the clock of the wrap-up, and asks for a break after it. */
export async function holdAndBreak(page: Page): Promise<void> {
  await page.keyboard.press('w')
  await page.getByText('No next call until you choose an outcome.').waitFor()
  await page.keyboard.press('b')
  await page.getByRole('checkbox', { name: 'Then take a break', checked: true }).waitFor()
}

/** Is ready again after the break, and takes another one by the dialog: its first reason has the focus. */
export async function takeBreak(page: Page): Promise<void> {
  await page.locator('[data-status="break"]').waitFor()
  await page.keyboard.press('b')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('Enter')
  await page.getByText('Break: Short break').waitFor()
  await page.keyboard.press('r')
  await page.locator('[data-status="ready"]').waitFor()
}

/** What some outcomes ask for: a time, which is tomorrow at ten by default, or whether it is meant. */
export async function answerDialog(page: Page, key: string): Promise<void> {
  const dialog = page.getByRole('dialog')
  if (key === '4') {
    await dialog.waitFor()
    await page.keyboard.press('Enter')
  } else if (key === '9') {
    await dialog.waitFor()
    // After “Cancel”, which has the focus.
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
  } else return
  await dialog.waitFor({ state: 'hidden' })
}
