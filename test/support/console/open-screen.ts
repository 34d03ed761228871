import type { Page } from 'playwright-core'

/** All that an administrator has in the navigation, in its order. */
export const SCREENS = [
  'today',
  'people',
  'live',
  'history',
  'desk',
  'leads',
  'campaigns',
  'board',
  'ai',
  'admin',
  'system',
  'me',
]

const LOADING = /Loading …|Загрузка …|Cargando …/

/**
 * Opens a screen by its link in the navigation, and waits until it shows what it loads. The page is not loaded again,
 * which would take longer than the screen.
 */
export async function openScreen(page: Page, name: string): Promise<void> {
  await page.locator('main h1').waitFor()
  await page.evaluate(`document.querySelector('main h1').setAttribute('data-before', '')`)
  // In a narrow window it may be in the closed menu “More”.
  await page.locator(`nav a[href^="/console/${name}"]`).dispatchEvent('click')
  await page.waitForURL(`**/console/${name}**`)
  // Both in one look: while the texts of a part of the screen load, its heading is hidden and so is “Loading …”.
  await page
    .locator('main', {
      has: page.locator('h1:not([data-before])').filter({ visible: true }),
      hasNotText: LOADING,
    })
    .waitFor()
  await page.evaluate(FINISHED)
}

/** What fades in has its colours at the end alone. */
const FINISHED = `Promise.allSettled(
  document.getAnimations().flatMap((one) => (one.effect.getComputedTiming().iterations === Infinity ? [] : one.finished)),
).then(() => {})`
