// Bundles the console (`console/`) into dist/console: hashed files for browsers, the page that loads them, and what makes
// the page installable: a service worker, icons, and a manifest in each language.
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const ENTRY = 'console/app/main.tsx'
/** Where nginx serves the bundle. */
const PUBLIC_PATH = '/console/assets/'
const WORKER_ENTRY = 'console/worker/worker.ts'
/** The last two years of browsers. */
const TARGET = ['chrome122', 'firefox123', 'safari17.4']
/** How long the files of a build stay after the next one: a page that is open loads its lazy parts from them. */
const SUPERSEDED_MS = 86_400_000

/**
 * Builds the console if its sources, the packages or this file have changed since the last build.
 * Browsers that have the page open go on: files of earlier builds stay for a day.
 * @param {string} folder
 * @returns {Promise<boolean>} whether it was built
 */
export async function buildConsole(folder = join(root, 'dist', 'console')) {
  // Beside the folder, as nginx serves what is in it.
  const stamp = `${folder}.sources`
  const digest = sourceDigest()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return false
  const { outputs, files } = await bundleConsole()
  const assets = join(folder, 'assets')
  mkdirSync(assets, { recursive: true })
  const names = new Set(files.keys())
  const previous = new Set(readList(`${folder}.files`))
  for (const [name, contents] of files) {
    replaceFile(join(assets, name), contents)
    // nginx sends these to browsers that accept gzip: nginx/console.conf.
    replaceFile(join(assets, `${name}.gz`), gzipSync(contents, { level: 9 }))
  }
  const now = new Date()
  for (const name of readdirSync(assets)) {
    const asset = name.replace(/\.gz$/, '')
    if (names.has(asset)) continue
    const path = join(assets, name)
    const file = statSync(path, { throwIfNoEntry: false })
    // Another build at the same time has renamed or removed it.
    if (file === undefined) continue
    // Their day begins now.
    if (previous.has(asset)) utimesSync(path, now, now)
    else if (file.mtimeMs < now.getTime() - SUPERSEDED_MS) rmSync(path, { force: true })
  }
  for (const path of ['icon.svg', ...iconFiles()])
    replaceFile(join(folder, path), readFileSync(join(root, 'console', path)))
  for (const [name, manifest] of manifests()) replaceFile(join(folder, name), manifest)
  replaceFile(join(folder, 'index.html'), indexHtml(outputs, buildOf(names)))
  // The last one: browsers load what it lists as soon as it is there.
  replaceFile(join(folder, 'service-worker.js'), await bundleWorker(names))
  writeFileSync(`${folder}.files`, [...names].join('\n'))
  writeFileSync(stamp, digest)
  return true
}

/**
 * Bundles without writing.
 * @returns what esbuild's metafile lists, and the contents of each file by its name
 */
export async function bundleConsole() {
  const draft = await build({ ...BUNDLE, plugins: [allStyles] })
  const { outputFiles, metafile } = await build({
    ...BUNDLE,
    plugins: [allStyles, oneStartChunk(draft.metafile)],
  })
  /** @type {Map<string, Uint8Array>} */
  const files = new Map()
  const entryCss = basename(entryOutput(metafile.outputs).cssBundle ?? '')
  for (const { path, contents } of outputFiles) {
    const name = basename(path)
    // The entry's style sheet holds all styles; esbuild makes another for each lazy part, which no page loads.
    if (name.endsWith('.css') && name !== entryCss) continue
    files.set(name, contents)
  }
  return { outputs: metafile.outputs, files }
}

const BUNDLE = /** @satisfies {import('esbuild').BuildOptions} */ ({
  absWorkingDir: root,
  entryPoints: { console: ENTRY },
  outdir: 'dist/console/assets',
  publicPath: PUBLIC_PATH,
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  minify: true,
  platform: 'browser',
  target: TARGET,
  format: 'esm',
  jsx: 'automatic',
  charset: 'utf8',
  define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
  loader: { '.module.css': 'local-css', '.svg': 'text' },
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
  write: false,
})

/**
 * Puts what the start page loads into one chunk. esbuild makes a chunk for each set of parts that share a module, which
 * were 40 files of 1 kB on the start page; here each lazy part imports all that the start page has loaded before it.
 * @param {import('esbuild').Metafile} draft the same bundle without this
 * @returns {import('esbuild').Plugin}
 */
function oneStartChunk({ outputs }) {
  const lazyParts = new Set(
    Object.values(outputs).flatMap(({ entryPoint }) =>
      entryPoint?.endsWith('.tsx') && entryPoint !== ENTRY ? join(root, entryPoint) : [],
    ),
  )
  return {
    name: 'one-start-chunk',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^hookswitch:start$/ }, () => ({ path: 'start', namespace: 'start' }))
      onLoad({ filter: /.*/, namespace: 'start' }, () => ({
        contents: startModules(outputs)
          .map((path) => `import ${JSON.stringify(`./${relative('console', path)}`)}`)
          .join('\n'),
        resolveDir: join(root, 'console'),
      }))
      onLoad({ filter: /\.tsx$/ }, ({ path }) =>
        lazyParts.has(path)
          ? { contents: `import 'hookswitch:start'\n${readFileSync(path, 'utf8')}`, loader: 'tsx' }
          : undefined,
      )
    },
  }
}

/** Our own modules that the start page loads, but for its entry. @param {import('esbuild').Metafile['outputs']} outputs */
function startModules(outputs) {
  const queue = Object.keys(outputs).filter((name) => outputs[name]?.entryPoint === ENTRY)
  const loaded = new Set(queue)
  for (const name of queue) {
    for (const { path, kind } of outputs[name]?.imports ?? []) {
      if (kind !== 'import-statement' || loaded.has(path)) continue
      loaded.add(path)
      queue.push(path)
    }
  }
  const modules = [...loaded].flatMap((name) => Object.keys(outputs[name]?.inputs ?? {}))
  return modules.filter((path) => /^console\/.*\.(tsx?|module\.css)$/.test(path) && path !== ENTRY).sort()
}

/**
 * One style sheet for all screens: esbuild does not load the styles of lazy parts. Cascade layers keep their order.
 * @type {import('esbuild').Plugin}
 */
const allStyles = {
  name: 'all-styles',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^hookswitch:styles$/ }, () => ({ path: 'styles', namespace: 'all-styles' }))
    onLoad({ filter: /.*/, namespace: 'all-styles' }, () => ({
      // The order of the layers stands in the tokens.
      contents: ['console/styles/tokens.css', ...sourceFiles('.css')]
        .filter((path, index, all) => all.indexOf(path) === index)
        .map((path) => `import ${JSON.stringify(`./${relative('console', path)}`)}`)
        .join('\n'),
      resolveDir: join(root, 'console'),
    }))
  },
}

/** @param {import('esbuild').Metafile['outputs']} outputs */
function entryOutput(outputs) {
  const entry = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === ENTRY)
  if (entry === undefined) throw new Error(`esbuild made no bundle of ${ENTRY}`)
  return { name: basename(entry[0]), ...entry[1] }
}

/**
 * The service worker, in one file: a worker with a policy of its own path has no imports.
 * @param {Iterable<string>} names of all assets
 * @returns {Promise<Uint8Array>}
 */
export async function bundleWorker(names) {
  const assets = [
    ...[...names].map((name) => PUBLIC_PATH + name),
    ...iconFiles().map((path) => `/console/${path}`),
  ]
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [WORKER_ENTRY],
    bundle: true,
    minify: true,
    platform: 'browser',
    target: TARGET,
    format: 'iife',
    charset: 'utf8',
    define: {
      BUILD: JSON.stringify(buildOf(names)),
      ASSETS: JSON.stringify(['/console/icon.svg', ...assets]),
    },
    legalComments: 'none',
    logLevel: 'warning',
    write: false,
  })
  const [output] = outputFiles
  if (output === undefined) throw new Error(`esbuild made no bundle of ${WORKER_ENTRY}`)
  return output.contents
}

/** The name of a build: another one as soon as any asset has changed. @param {Iterable<string>} names of all assets */
const buildOf = (names) =>
  createHash('sha256')
    .update([...names].sort().join())
    .digest('hex')
    .slice(0, 16)

const iconFiles = () => readdirSync(join(root, 'console/icons')).map((name) => `icons/${name}`)

/**
 * `manifest.<language>.webmanifest` for each language. Their `id` is the same, so that they are one app.
 * @returns {Map<string, string>} contents by the name of the file
 */
export function manifests() {
  /** @param {string} name */
  const read = (name) => JSON.parse(readFileSync(join(root, 'console/manifest', `${name}.json`), 'utf8'))
  const languages = readdirSync(join(root, 'console/manifest'))
    .map((name) => basename(name, '.json'))
    .filter((name) => name !== 'manifest')
  return new Map(
    languages.map((lang) => {
      const common = read('manifest')
      const { description, shortcuts } = read(lang)
      for (const shortcut of common.shortcuts) shortcut.name = shortcuts[shortcut.name]
      return [`manifest.${lang}.webmanifest`, JSON.stringify({ ...common, lang, description })]
    }),
  )
}

/** @param {import('esbuild').Metafile['outputs']} outputs @param {string} buildName */
function indexHtml(outputs, buildName) {
  const { name, cssBundle = '', imports } = entryOutput(outputs)
  const preloads = imports
    .filter(({ kind }) => kind === 'import-statement')
    .map(({ path }) => `<link rel="modulepreload" href="${PUBLIC_PATH}${basename(path)}">`)
  return readFileSync(join(root, 'console/index.html'), 'utf8')
    .replace('<!-- preloads -->', preloads.join('\n    '))
    .replace('%build%', buildName)
    .replace('%script%', PUBLIC_PATH + name)
    .replace('%style%', PUBLIC_PATH + basename(cssBundle))
}

/** @param {string} [ending] @returns {string[]} paths below the root, sorted */
function sourceFiles(ending = '') {
  return readdirSync(join(root, 'console'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort()
}

function sourceDigest() {
  const hash = createHash('sha256')
  for (const path of [...sourceFiles(), 'package-lock.json', 'bin/build-console.mjs']) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0')
  }
  return hash.digest('hex')
}

/** @param {string} path */
const readList = (path) => (existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [])

/** @param {string} path @param {Uint8Array | string} contents */
function replaceFile(path, contents) {
  mkdirSync(dirname(path), { recursive: true })
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, contents)
  renameSync(draft, path)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildConsole()
