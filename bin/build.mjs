// Bundles each process into one file under dist/. Types are checked elsewhere (`npm run types`).
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

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

/**
 * Bundles programs; packages stay in node_modules. Takes about a tenth of a second. A file is replaced as a
 * whole, and only where it changed: others may be starting from it at this moment.
 * @param {Record<string, string>} programs name of the bundle: its first source file
 * @param {string} folder
 */
export async function buildAll(programs = PROGRAMS, folder = 'dist') {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: programs,
    outdir: folder,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    sourcemap: true,
    logLevel: 'warning',
    write: false,
  })
  for (const { path, contents } of outputFiles) {
    if (holds(path, contents)) continue
    mkdirSync(dirname(path), { recursive: true })
    const draft = `${path}.${process.pid}`
    writeFileSync(draft, contents)
    renameSync(draft, path)
  }
}

/** @param {string} path @param {Uint8Array} contents */
function holds(path, contents) {
  try {
    return readFileSync(path).equals(contents)
  } catch {
    return false
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll()
