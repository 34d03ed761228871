import { describe, expect, test } from 'vitest'
import {
  compose,
  interpolate,
  isPinned,
  longRunning,
  oneShots,
  requireService,
  serviceEntries,
  services,
} from './support/compose-file.ts'

describe('every service', () => {
  test('is there', () => {
    expect(Object.keys(services).sort()).toEqual([
      'api',
      'nginx',
      'pbx',
      'redis',
      'relay',
      'setup',
      'sidecar',
      'streams',
    ])
    expect([...oneShots]).toEqual(['setup'])
  })

  test.each(serviceEntries)('%s runs as an ordinary user who can gain nothing', (_, it) => {
    expect(it.user).not.toMatch(/^(root|0)(:|$)/)
    expect(it.cap_drop).toEqual(['ALL'])
    expect(it.security_opt).toEqual(['no-new-privileges:true'])
    expect(it.read_only).toBe(true)
  })

  test.each(serviceEntries)(
    '%s has an image that is built here or pinned to one release',
    (_, { build, image }) => {
      expect([build === undefined, image === undefined]).toContain(false)
      if (image !== undefined) expect(image).toSatisfy(isPinned)
    },
  )

  test.each(serviceEntries)('%s names networks, volumes and services that are there', (_, it) => {
    expect(Object.keys(compose.networks)).toEqual(expect.arrayContaining(it.networks))
    const volumes = it.volumes.map((line) => line.split(':')[0])
    expect(Object.keys(compose.volumes)).toEqual(expect.arrayContaining(volumes))
    expect(Object.keys(services)).toEqual(expect.arrayContaining(Object.keys(it.depends_on)))
  })

  test.each(longRunning)('%s has a health check, and is restarted', (_, it) => {
    expect(it.healthcheck?.test.length).toBeGreaterThan(1)
    expect(it.restart).toBe('unless-stopped')
  })

  test.each(serviceEntries)('%s publishes on loopback by default', (_, { ports }) => {
    for (const port of ports) {
      expect(interpolate(port)).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
      expect(interpolate(port, { HOOKSWITCH_BIND: '10.0.0.1', HOOKSWITCH_PORT: '81' })).toMatch(
        /^10\.0\.0\.1:81:/,
      )
    }
  })

  test('there is nothing that no service uses', () => {
    const used = (what: 'networks' | 'volumes') =>
      new Set(serviceEntries.flatMap(([, it]) => it[what].map((line) => line.split(':')[0])))
    expect(Object.keys(compose.networks).sort()).toEqual([...used('networks')].sort())
    expect(Object.keys(compose.volumes).sort()).toEqual([...used('volumes')].sort())
  })

  test('waits until the services it depends on are healthy, or have ended where they run once', () => {
    for (const [, { depends_on }] of serviceEntries) {
      for (const [name, { condition }] of Object.entries(depends_on)) {
        const expected = oneShots.has(name) ? 'service_completed_successfully' : 'service_healthy'
        expect(condition, name).toBe(expected)
      }
    }
    expect(Object.keys(requireService('nginx').depends_on).sort()).toEqual([
      'api',
      'relay',
      'setup',
      'sidecar',
      'streams',
    ])
    expect(Object.keys(requireService('api').depends_on).sort()).toEqual(['redis', 'setup'])
    expect(Object.keys(requireService('sidecar').depends_on).sort()).toEqual(['redis', 'setup'])
  })
})
