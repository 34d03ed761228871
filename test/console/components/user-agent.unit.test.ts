import fc from 'fast-check'
import { expect, test } from 'vitest'
import { describeUserAgent } from '../../../console/components/device/user-agent.ts'

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)'

test.each([
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/140.0.0.0 Safari/537.36`, 'Chrome', 'Windows'],
  [`Mozilla/5.0 (Windows NT 10.0) ${WEBKIT} Chrome/140.0 Safari/537.36 Edg/140.0`, 'Edge', 'Windows'],
  [`Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} Chrome/140.0 Safari/537.36 OPR/120.0`, 'Opera', 'Linux'],
  [`Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} HeadlessChrome/156.0 Safari/537.36`, 'Chrome', 'Linux'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox', 'Linux'],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605 Version/18.1 Safari/605',
    'Safari',
    'macOS',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 CriOS/140.0 Safari/604',
    'Chrome',
    'iPhone',
  ],
  [
    `Mozilla/5.0 (Linux; Android 15; SM-S911B) ${WEBKIT} SamsungBrowser/27.0 Chrome/125.0 Safari`,
    'Samsung Internet',
    'Android',
  ],
  ['curl/8.14.1', 'curl', undefined],
  ['Linphone Desktop/5.2.4 (Windows 11)', 'Linphone Desktop', 'Windows'],
  ['Mozilla/5.0', undefined, undefined],
  ['', undefined, undefined],
])('%s', (userAgent, program, system) => {
  expect(describeUserAgent(userAgent)).toEqual({ program, system })
})

test('any text gives a short name of one line, or none', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (userAgent) => {
      const { program } = describeUserAgent(userAgent)
      expect(program === undefined || /^\P{C}{1,40}$/u.test(program)).toBe(true)
    }),
  )
})
