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

  async function measure(): Promise<Record<string, number>> {
    const result = await lighthouse(stack.url, {
      port,
      output: 'json',
      logLevel: 'error',
      onlyCategories: ['performance', 'accessibility', 'best-practices'],
    })
    return Object.fromEntries(
      Object.entries(result?.lhr.categories ?? {}).map(([name, { score }]) => [
        name,
        Math.round((score ?? 0) * 100),
      ]),
    )
  }

  it('gives the page at / at least 90 for performance on a slow phone, and 100 for accessibility and practices', async () => {
    let scores = await measure()
    // What else the machine does can only lower it.
    for (let tries = 1; tries < 3 && (scores.performance ?? 0) < 90; tries += 1) scores = await measure()
    expect(scores.accessibility).toBe(100)
    expect(scores['best-practices']).toBe(100)
    expect(scores.performance).toBeGreaterThanOrEqual(90)
  })
})
