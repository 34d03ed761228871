#!/usr/bin/env node
// The admin's command; see `hookswitch --help`.
import { loadDotEnv, requireNode } from './environment.mjs'
import { ensurePackages } from './packages.mjs'

requireNode()
loadDotEnv()
// stdout is for what the command answers.
await ensurePackages({ dev: false, log: console.error })
const { buildAll } = await import('./build.mjs')
await buildAll()
const program = '../dist/hookswitch.js'
await import(program)
