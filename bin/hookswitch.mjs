#!/usr/bin/env node
// The admin's command; see `hookswitch --help`.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ensurePackages } from './packages.mjs'

const dotEnv = fileURLToPath(new URL('../.env', import.meta.url))
if (existsSync(dotEnv)) process.loadEnvFile(dotEnv)
// stdout is for what the command answers.
await ensurePackages({ dev: false, say: console.error })
const { buildAll } = await import('./build.mjs')
await buildAll()
const program = '../dist/hookswitch.js'
await import(program)
