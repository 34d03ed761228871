import { readdirSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { bundleConsole, bundleWorker, manifests } from '../../bin/build-console.mjs'
import { LANGUAGES } from '../../console/i18n/languages.ts'

describe('console: what makes it installable', () => {
  let names: string[]
  beforeAll(async () => {
    names = [...(await bundleConsole()).files.keys()]
  })
  const textOf = async (assets: readonly string[]) => new TextDecoder().decode(await bundleWorker(assets))

  it('has a manifest in each language, as one app with named shortcuts', () => {
    const all = manifests()
    expect([...all.keys()].sort()).toEqual(LANGUAGES.map((one) => `manifest.${one}.webmanifest`).sort())
    const parsed = [...all.values()].map((text) => JSON.parse(text))
    for (const { id, scope, start_url, description, shortcuts, icons } of parsed) {
      expect([id, scope, start_url]).toEqual(['/console/', '/console/', '/console/'])
      for (const text of [description, ...shortcuts.map(({ name }: { name: string }) => name)])
        expect(text).toMatch(/\S/)
      expect(icons.map(({ src }: { src: string }) => src)).toEqual(
        expect.arrayContaining(readdirSync('console/icons').map((name) => `/console/icons/${name}`)),
      )
    }
    expect(new Set(parsed.map(({ description }) => description)).size).toBe(LANGUAGES.length)
  })

  it('has a worker of at most 5 kB besides the list of files', async () => {
    expect((await textOf([])).length).toBeLessThanOrEqual(5_000)
  })

  it('has a worker that lists each file of the bundle, and no other path but icons', async () => {
    const paths = [...(await textOf(names)).matchAll(/"(\/console\/[^"]+)"/g)].map(([, path]) => path)
    for (const name of names) expect(paths).toContain(`/console/assets/${name}`)
    const others = paths.filter((path) => !path?.startsWith('/console/assets/'))
    for (const path of others) expect(path).toMatch(/^\/console\/(icon\.svg|icons\/.*|index\.html)$/)
  })

  it('gets another build when any file has another name', async () => {
    const build = async (assets: readonly string[]) => /"([0-9a-f]{16})"/.exec(await textOf(assets))?.[1]
    expect(await build(['a-1.js', 'b-1.js'])).toMatch(/^\w+$/)
    expect(await build(['a-1.js', 'b-1.js'])).toBe(await build(['b-1.js', 'a-1.js']))
    expect(await build(['a-1.js', 'b-2.js'])).not.toBe(await build(['a-1.js', 'b-1.js']))
  })
})
