import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { untilVisible } from '../../../console/screens/wallboard/until-visible.ts'

class Page extends EventTarget {
  hidden = true
}
const setUp = () => ({ page: new Page(), end: new AbortController() })
const listeners = (page: Page, { signal }: AbortController) => [
  getEventListeners(page, 'visibilitychange').length,
  getEventListeners(signal, 'abort').length,
]

test('a page that was hidden and shown many times has no listener left', async () => {
  const { page, end } = setUp()
  for (let n = 0; n < 5; n += 1) {
    page.hidden = true
    const visible = untilVisible(page, end.signal)
    page.dispatchEvent(new Event('visibilitychange'))
    expect(listeners(page, end)).toEqual([1, 1])
    page.hidden = false
    page.dispatchEvent(new Event('visibilitychange'))
    await visible
    expect(listeners(page, end)).toEqual([0, 0])
  }
})

test('a page that ends while it is hidden waits no more', async () => {
  const { page, end } = setUp()
  const visible = untilVisible(page, end.signal)
  end.abort()
  await visible
  expect(listeners(page, end)).toEqual([0, 0])
})
