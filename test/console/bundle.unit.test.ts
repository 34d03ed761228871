import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildConsole, bundleConsole } from '../../bin/build-console.mjs'

type Outputs = Awaited<ReturnType<typeof bundleConsole>>['outputs']

/** Sizes in kB (1 000 bytes) after brotli, as a browser downloads them from a server with compression. */
describe('console: size of the bundle', () => {
  let outputs: Outputs
  let files: Map<string, Uint8Array>
  beforeAll(async () => {
    ;({ outputs, files } = await bundleConsole())
  })

  /** Files that a browser loads for an entry: its own, and what it imports at once. */
  function closureOf(entryPoint: string): string[] {
    const [start] = Object.entries(outputs).find(([, one]) => one.entryPoint === entryPoint) ?? []
    if (start === undefined) throw new Error(`no bundle begins at ${entryPoint}`)
    const found = new Set([start])
    for (const path of found) {
      for (const { path: next, kind } of outputs[path]?.imports ?? []) {
        if (kind === 'import-statement') found.add(next)
      }
    }
    return [...found]
  }
  const english = (...folders: string[]) =>
    folders.flatMap((folder) => closureOf(`console/${folder}/messages.en.ts`))
  const sizeKb = (paths: Iterable<string>) =>
    [...new Set(paths)].reduce((sum, path) => sum + brotliSize(files.get(basename(path))), 0) / 1_000

  const signIn = () => [
    ...closureOf('console/app/main.tsx'),
    ...english('app', 'components', 'screens/sign-in'),
  ]
  const shell = () => [...signIn(), ...closureOf('console/app/shell/shell.tsx')]
  const styles = () => [...files.keys()].filter((name) => name.endsWith('.css'))

  it('is at most 100 kB for the sign-in page', () => {
    expect(sizeKb([...signIn(), ...styles()])).toBeLessThanOrEqual(100)
  })

  /** With the two screens that all people open: what these load, each further screen uses from the cache. */
  const firstScreens = () => [
    ...shell(),
    ...['today', 'people'].flatMap((name) => [
      ...closureOf(`console/screens/${name}/${name}.tsx`),
      ...englishOf(`console/screens/${name}/`),
    ]),
  ]

  it('is at most 200 kB for the frame with its first screens', () => {
    expect(sizeKb([...firstScreens(), ...styles()])).toBeLessThanOrEqual(200)
  })

  it('is at most 15 kB more for each further screen, and for each part that a screen loads later', () => {
    const screens = Object.values(outputs).flatMap(({ entryPoint = '' }) =>
      /^console\/screens\/(?:[\w-]+\/)+[\w-]+\.tsx$/.test(entryPoint) ? [entryPoint] : [],
    )
    expect(screens.length).toBeGreaterThan(5)
    const known = new Set(firstScreens())
    const sizes = screens.map((entryPoint) => {
      const folder = entryPoint.slice(0, entryPoint.lastIndexOf('/') + 1)
      const own = [...closureOf(entryPoint), ...englishOf(folder)].filter((path) => !known.has(path))
      return { entryPoint, kb: sizeKb(own) }
    })
    expect(sizes.filter(({ kb }) => kb > 15)).toEqual([])
  })

  it('is at most 22 kB for what draws charts, which no screen loads before its first chart', () => {
    const drawing = closureOf('console/components/chart/draw.ts')
    expect(sizeKb(drawing)).toBeLessThanOrEqual(22)
  })

  it('has one style sheet of at most 15 kB', () => {
    expect(styles()).toHaveLength(1)
    expect(sizeKb(styles())).toBeLessThanOrEqual(15)
  })

  /** The English texts of a screen, if it has texts of its own. */
  function englishOf(folder: string): string[] {
    const isThere = Object.values(outputs).some((one) => one.entryPoint === `${folder}messages.en.ts`)
    return isThere ? closureOf(`${folder}messages.en.ts`) : []
  }
})

describe('console: files of earlier builds', () => {
  const DAY_S = 86_400
  it('stay for a day after the build that replaced them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'console-'))
    const assets = join(folder, 'console', 'assets')
    const build = () => buildConsole(join(folder, 'console'))
    const age = (name: string, ageS: number) => {
      const at = Date.now() / 1_000 - ageS
      writeFileSync(join(assets, name), '')
      utimesSync(join(assets, name), at, at)
    }
    const built = (name: string) => name.includes('-0.')
    try {
      mkdirSync(assets, { recursive: true })
      // Those of the last build may have been made long ago.
      writeFileSync(`${join(folder, 'console')}.files`, 'last-0.js')
      for (const name of ['last-0.js', 'last-0.js.gz']) age(name, 9 * DAY_S)
      age('older-0.js', DAY_S / 2)
      age('oldest-0.js', DAY_S * 2)
      expect(await build()).toBe(true)
      expect(readdirSync(assets).filter(built).sort()).toEqual(['last-0.js', 'last-0.js.gz', 'older-0.js'])
      // The next build may follow at once.
      rmSync(`${join(folder, 'console')}.sources`)
      expect(await build()).toBe(true)
      expect(readdirSync(assets).filter(built).sort()).toEqual(['last-0.js', 'last-0.js.gz', 'older-0.js'])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

const brotliSize = (contents: Uint8Array | undefined): number =>
  contents === undefined
    ? 0
    : brotliCompressSync(contents, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length
