// Bundles each process into one file under dist/. Types are checked elsewhere (`npm run types`).
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

const PROGRAMS = {
  start: 'bin/start.ts',
  hookswitch: 'bin/hookswitch.ts',
  setup: 'bin/setup.ts',
  'render-nginx': 'bin/render-nginx.ts',
  sidecar: 'sidecar/main.ts',
  relay: 'relay/main.ts',
  api: 'api/main.ts',
}

/** Packages with native parts, and what loads files of its own. They stay in node_modules. */
const NOT_BUNDLED = ['@node-rs/argon2', '@photostructure/sqlite', 'esbuild', 'pg-native']

/** Lets bundled CommonJS modules load what belongs to Node. */
const COMMONJS = `import { createRequire as __createRequire } from 'node:module'
const require = __createRequire(import.meta.url)
const __filename = import.meta.filename ?? new URL(import.meta.url).pathname
const __dirname = import.meta.dirname ?? new URL('.', import.meta.url).pathname`

/** Where the last build wrote what it was made from. */
const STAMP = join(root, 'dist', 'programs.json')

/** What programs read beside their bundle. */
const COPIED = ['api/store/files/common-passwords.bin']

/**
 * Bundles the programs with their packages, so that each starts in half the time that it takes to find and read a
 * thousand files. Does nothing where no source and no package has changed since the last build.
 * @returns {Promise<boolean>} whether they were built
 */
export async function buildAll() {
  const stamp = readStamp()
  if (stamp !== undefined && stamp.digest === digestOf(stamp.sources)) return false
  const sources = await bundle(PROGRAMS, 'dist', {
    external: NOT_BUNDLED,
    banner: { js: COMMONJS },
    plugins: [unmappedPackages],
  })
  for (const file of COPIED) {
    const [path, contents] = [join(root, 'dist', basename(file)), readFileSync(join(root, file))]
    if (!holds(path, contents)) replaceFile(path, contents)
  }
  sources.push(...COPIED)
  replaceFile(STAMP, Buffer.from(JSON.stringify({ digest: digestOf(sources), sources })))
  return true
}

/**
 * Bundles programs of tests and benchmarks; packages stay in node_modules.
 * @param {Record<string, string>} programs name of the bundle: its first source file
 * @param {string} folder
 */
export const buildTools = (programs, folder) => bundle(programs, folder, { packages: 'external' })

/**
 * A file is replaced as a whole, and only where it changed: others may be starting from it at this moment.
 * @param {Record<string, string>} programs
 * @param {string} folder
 * @param {import('esbuild').BuildOptions} options
 * @returns {Promise<string[]>} the sources that are not of packages
 */
async function bundle(programs, folder, options) {
  const { build } = await import('esbuild')
  const { outputFiles = [], metafile } = await build({
    absWorkingDir: root,
    entryPoints: programs,
    outdir: folder,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    logLevel: 'warning',
    write: false,
    ...options,
  })
  for (const { path, contents } of outputFiles) if (!holds(path, contents)) replaceFile(path, contents)
  return Object.keys(metafile?.inputs ?? {}).filter((path) => !path.startsWith('node_modules/'))
}

/**
 * Node reads the whole source map when it starts, so each file of a package, which is most of the code, is one line of it.
 * @type {import('esbuild').Plugin}
 */
const unmappedPackages = {
  name: 'unmapped-packages',
  setup({ onLoad }) {
    const empty = Buffer.from('{"version":3,"sources":["package"],"mappings":"AAAA"}').toString('base64')
    onLoad({ filter: /\/node_modules\/.*\.[cm]?js$/ }, async ({ path }) => ({
      contents: `${await readFile(path, 'utf8')}\n//# sourceMappingURL=data:application/json;base64,${empty}`,
      loader: 'js',
    }))
  },
}

/** @returns {{ digest: string, sources: string[] } | undefined} */
function readStamp() {
  try {
    return JSON.parse(readFileSync(STAMP, 'utf8'))
  } catch {
    return undefined
  }
}

/** Of the sources, the packages, this file, and of what it wrote. @param {string[]} sources */
function digestOf(sources) {
  const hash = createHash('sha256')
  const outputs = [
    ...Object.keys(PROGRAMS).map((name) => `dist/${name}.js`),
    ...COPIED.map((file) => `dist/${basename(file)}`),
  ]
  for (const path of [...sources, ...outputs, 'package-lock.json', 'bin/build.mjs']) {
    try {
      hash
        .update(`${path}\0`)
        .update(readFileSync(join(root, path)))
        .update('\0')
    } catch {
      return ''
    }
  }
  return hash.digest('hex')
}

/** @param {string} path @param {Uint8Array} contents */
function holds(path, contents) {
  try {
    return readFileSync(path).equals(contents)
  } catch {
    return false
  }
}

/** @param {string} path @param {Uint8Array} contents */
function replaceFile(path, contents) {
  mkdirSync(dirname(path), { recursive: true })
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, contents)
  renameSync(draft, path)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll()
