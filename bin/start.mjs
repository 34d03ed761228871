#!/usr/bin/env node
// `npm start`: everything a bare machine needs, then the programs. No package is there yet, so plain Node only.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ensurePackages } from './packages.mjs'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`hookswitch needs Node.js 20.19 or later, and this is ${process.versions.node}`)
  process.exit(1)
}
const dotEnv = fileURLToPath(new URL('../.env', import.meta.url))
if (existsSync(dotEnv)) process.loadEnvFile(dotEnv)

const parent = process.ppid
await ensurePackages({ dev: false })
const { buildAll } = await import('./build.mjs')
await buildAll()
// npm was killed meanwhile: no one waits for what would start now. From here on the program watches it.
if (process.env.npm_lifecycle_event !== undefined && process.ppid !== parent) process.exit(1)
// A name the type checker need not know: the file is made by the line above.
const program = '../dist/start.js'
await import(program)
