#!/usr/bin/env node
// `npm run bench`: what the gate costs, how fast a revocation bites, what a million of them weigh.
import { requireNode } from './environment.mjs'
import { ensurePackages } from './packages.mjs'

requireNode()
await ensurePackages({ dev: true })
const { buildTools } = await import('./build.mjs')
// A folder of its own: the bundles that a running Hookswitch or a test uses stay as they are.
await buildTools(
  {
    main: 'test/bench/main.ts',
    sidecar: 'sidecar/main.ts',
    bare: 'test/bench/peers/bare.ts',
    fastify: 'test/bench/peers/fastify.ts',
    express: 'test/bench/peers/express.ts',
  },
  'dist/bench',
)
// A name the type checker need not know: the file is made by the lines above.
const program = '../dist/bench/main.js'
await import(program)
