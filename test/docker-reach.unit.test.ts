import { describe, expect, test } from 'vitest'
import { compose, requireService, serviceEntries, volumesOf } from './support/compose-file.ts'

describe('who reaches what', () => {
  const on = (network: string) =>
    serviceEntries
      .filter(([, it]) => it.networks.includes(network))
      .map(([name]) => name)
      .sort()

  test('Redis, without a password, is reached by the two that need it, and has no way out', () => {
    expect(on('store')).toEqual(['api', 'redis', 'sidecar'])
    expect(requireService('redis').networks).toEqual(['store'])
    expect(compose.networks.store?.internal).toBe(true)
  })

  test('the PBX is asked for, publishes nothing and reaches the api alone', () => {
    expect(requireService('pbx').profiles).toEqual(['pbx'])
    expect(requireService('pbx').ports).toEqual([])
    expect(requireService('pbx').networks).toEqual(['ami'])
    expect(on('ami')).toEqual(['api', 'pbx'])
    expect(compose.networks.ami?.internal).toBe(true)
    expect(serviceEntries.filter(([, { profiles }]) => profiles.length > 0).map(([name]) => name)).toEqual([
      'pbx',
    ])
  })

  test('only nginx is published, and it reaches the others by their sockets alone', () => {
    expect(serviceEntries.filter(([, { ports }]) => ports.length > 0).map(([name]) => name)).toEqual([
      'nginx',
    ])
    expect(on('front')).toEqual(['nginx'])
    for (const name of ['nginx', 'streams', 'relay', 'sidecar', 'api']) {
      expect(volumesOf(name)).toContainEqual({
        volume: 'sockets',
        path: '/run/hookswitch',
        mode: undefined,
      })
      // A socket opens for its owner alone.
      expect(requireService(name).user).toBe('10001:10001')
    }
  })

  test('keys are read by those who judge and sign, and not written by who only judges', () => {
    const holders = serviceEntries
      .filter(([, { volumes }]) => volumes.some((line) => line.startsWith('keys:')))
      .map(([name, { volumes }]) => [name, volumes.find((line) => line.startsWith('keys:'))?.endsWith(':ro')])
    expect(Object.fromEntries(holders)).toEqual({ setup: false, sidecar: true, api: false })
  })

  test('Redis forgets nothing: append-only and never evicting', () => {
    const { command } = requireService('redis')
    const option = (name: string) => command[command.indexOf(`--${name}`) + 1]
    expect(option('appendonly')).toBe('yes')
    expect(option('maxmemory-policy')).toBe('noeviction')
    expect(volumesOf('redis')).toEqual([{ volume: 'redis', path: '/data', mode: undefined }])
  })
})
