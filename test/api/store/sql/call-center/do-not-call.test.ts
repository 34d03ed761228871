import { describe, expect, test } from 'vitest'
import { createDoNotCall } from '../../../../../api/store/sql/call-center/do-not-call.ts'
import { onBothEngines } from '../engines.ts'

const BERLIN = ['+4930123456', '030123456', '004930123456', '4930123456'] as const

describe('the do-not-call list', () => {
  onBothEngines((engine) => {
    const setUp = async () => createDoNotCall(await engine.tables())

    test('has a number that was stored in another spelling, and does not add it twice', async () => {
      const list = await setUp()
      expect(await list.add([['030123456'], ['004930123457']], 'before a country was set', 1)).toBe(2)
      expect(await list.has(BERLIN)).toBe(true)
      expect(await list.has(['+4940', '040'])).toBe(false)
      expect(await list.has([])).toBe(false)
      expect(await list.add([BERLIN, ['+4940', '040'], ['+4940', '40']], 'again', 2)).toBe(1)
      expect(await list.list({ limit: 10 })).toEqual([
        { number: '+4940', reason: 'again', addedAt: 2 },
        { number: '004930123457', reason: 'before a country was set', addedAt: 1 },
        { number: '030123456', reason: 'before a country was set', addedAt: 1 },
      ])
    })

    test.each([
      ['part of a reason in another case', { reason: 'LETTER' }, ['+4940']],
      ['part of a Cyrillic reason as typed', { reason: 'звон' }, ['+7495']],
      ['digits', { digits: '940' }, ['+4940']],
      ['the beginning of a number', { prefixes: ['+74', '084'] }, ['+7495']],
      ['a wildcard', { reason: '%' }, []],
      ['a NUL', { reason: '\0' }, []],
      ['any of several', { digits: '749', reason: 'by letter' }, ['+4940', '+7495']],
    ])('is searched by %s', async (_, filter, numbers) => {
      const list = await setUp()
      await list.add([['+4940']], 'by letter', 1)
      await list.add([['+7495']], 'не звонить', 2)
      const whole = { reason: 'nothing like it', digits: undefined, prefixes: [], ...filter }
      expect((await list.list({ limit: 9, filter: whole })).map(({ number }) => number)).toEqual(numbers)
      expect(await list.count(whole)).toBe(numbers.length)
      expect(await list.count()).toBe(2)
    })

    test('finds the entry of a number in another spelling', async () => {
      const list = await setUp()
      await list.add([['030123456']], 'a', 1)
      expect(await list.find(BERLIN)).toEqual({ number: '030123456', reason: 'a', addedAt: 1 })
      expect(await list.find(['+4940', '\0'])).toBeUndefined()
    })

    test('removes a number in all its stored spellings', async () => {
      const list = await setUp()
      await list.add([['030123456']], 'a', 1)
      await list.add([['+4930123456']], 'b', 2)
      expect(await list.remove(BERLIN)).toBe(true)
      expect(await list.remove(BERLIN)).toBe(false)
      expect(await list.list({ limit: 10 })).toEqual([])
    })

    test('adds more numbers than one statement can hold', async () => {
      const list = await setUp()
      const many = Array.from({ length: 1_201 }, (_, n) => [`+4930${n}`, `030${n}`] as const)
      expect(await list.add(many, 'a file', 1)).toBe(1_201)
      expect(await list.add(many, 'the same file', 2)).toBe(0)
      expect(await list.has(['0301200'])).toBe(false)
      expect(await list.has(['0301200', '+49301200'])).toBe(true)
    })
  })
})
