#!/usr/bin/env node
// `npm start`: everything a bare machine needs, then the programs. No package is there yet, so plain Node only.
import { loadDotEnv, requireNode } from './environment.mjs'
import { ensurePackages } from './packages.mjs'

requireNode()
loadDotEnv()

const parent = process.ppid
await ensurePackages({ dev: false })
const { buildAll } = await import('./build.mjs')
const { buildConsole } = await import('./build-console.mjs')
await Promise.all([buildAll(), buildConsole()])
// npm was killed meanwhile: no process waits for what would start now. From here on the program watches it.
if (process.env.npm_lifecycle_event !== undefined && process.ppid !== parent) process.exit(1)
// A name the type checker need not know: the file is made by the line above.
const program = '../dist/start.js'
await import(program)
