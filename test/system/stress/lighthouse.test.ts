import lighthouse from 'lighthouse'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConsoleBrowser, startConsoleBrowser } from '../../support/console/console-page.ts'
import { freePort } from '../../support/free-port.ts'
import { type Stack, startStack } from '../../support/stack.ts'

describe('console: Lighthouse', () => {
  let stack: Stack
  let browser: ConsoleBrowser
  let port: number
  beforeAll(async () => {
    stack = await startStack()
    port = await freePort()
    browser = await startConsoleBrowser(stack.url, [`--remote-debugging-port=${port}`])
  })
  afterAll(async () => {
    await browser?.stop()
    await stack?.stop()
  })

  it('gives the page at / at least 90 for performance on a slow phone, and 100 for accessibility and practices', async () => {
    const result = await lighthouse(stack.url, {
      port,
      output: 'json',
      logLevel: 'error',
      onlyCategories: ['performance', 'accessibility', 'best-practices'],
    })
    const scores = Object.fromEntries(
      Object.entries(result?.lhr.categories ?? {}).map(([name, { score }]) => [
        name,
        Math.round((score ?? 0) * 100),
      ]),
    )
    expect(scores.accessibility).toBe(100)
    expect(scores['best-practices']).toBe(100)
    expect(scores.performance).toBeGreaterThanOrEqual(90)
  })
})
