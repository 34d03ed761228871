#!/usr/bin/env node
// `npm run screenshots`: pictures of each screen into docs/screens, from a demo with calls in it.
import { requireNode } from './environment.mjs'
import { ensurePackages } from './packages.mjs'

requireNode()
await ensurePackages({ dev: true })
const { buildAll, buildTools } = await import('./build.mjs')
const { buildConsole } = await import('./build-console.mjs')
await Promise.all([
  buildAll(),
  buildTools({ screenshots: 'test/support/console/screenshots.ts' }, 'dist/screenshots'),
  buildConsole(),
])
// A name the type checker need not know: the file is made by the line above.
const program = '../dist/screenshots/screenshots.js'
await import(program)
