import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createSlowClients } from '../../relay/slow-clients.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

function setUp() {
  const slowClients = createSlowClients(() => performance.now(), 10_000)
  const dropped: string[] = []
  const client = (name: string) => {
    const drop = () => {
      dropped.push(name)
      slowClients.remove(drop) // as the close of its connection does
    }
    return drop
  }
  return { slowClients, dropped, client }
}

describe('slow clients', () => {
  it('are dropped when they have not caught up in time', () => {
    const { slowClients, dropped, client } = setUp()
    slowClients.add(client('a'))
    vi.advanceTimersByTime(9_999)
    expect(dropped).toEqual([])
    vi.advanceTimersByTime(1)
    expect(dropped).toEqual(['a'])
  })

  it('that catch up are not dropped', () => {
    const { slowClients, dropped, client } = setUp()
    const a = client('a')
    slowClients.add(a)
    expect(slowClients.has(a)).toBe(true)
    slowClients.remove(a)
    expect(slowClients.has(a)).toBe(false)
    vi.advanceTimersByTime(60_000)
    expect(dropped).toEqual([])
  })

  it('may be 200 at once: one more drops the one that is behind for longest', () => {
    const { slowClients, dropped, client } = setUp()
    for (let n = 1; n <= 200; n += 1) slowClients.add(client(String(n)))
    vi.advanceTimersByTime(1_001)
    slowClients.add(client('one more'))
    expect(dropped).toEqual(['1'])
  })

  it('are all given a second to catch up, however many they are', () => {
    const { slowClients, dropped, client } = setUp()
    for (let n = 1; n <= 300; n += 1) slowClients.add(client(String(n)))
    vi.advanceTimersByTime(1_000)
    slowClients.add(client('one more'))
    expect(dropped).toEqual([])
  })
})
