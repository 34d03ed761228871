import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { StartSettings } from '../bin/stack/settings.ts'
import { project } from './support/build.ts'
import {
  builds,
  dockerfiles,
  instructionsOf,
  isPinned,
  requireService,
  volumesOf,
} from './support/compose-file.ts'

describe.each(dockerfiles)('%s', (path) => {
  const instructions = instructionsOf(path)
  const stages = instructions
    .filter(({ word }) => word === 'FROM')
    .map(({ rest: [image = '', as, name] }) => ({ image, name: as === 'AS' ? name : undefined }))
  const sources = instructions.flatMap(({ word, rest }) => {
    if (word !== 'COPY') return []
    const words = rest.filter((one) => !one.startsWith('--'))
    const from = rest.find((one) => one.startsWith('--from='))?.slice('--from='.length)
    return words.slice(0, -1).map((source) => ({ source, from }))
  })
  const passed = readFileSync(join(project, '.dockerignore'), 'utf8').split('\n')

  test('starts from images pinned to one release, or from its own stages', () => {
    for (const { image } of stages) {
      if (!stages.some(({ name }) => name === image)) expect(image).toSatisfy(isPinned)
    }
  })

  test('copies what is there, what the builder is given, and what its stages hold', () => {
    for (const { source, from } of sources) {
      if (from !== undefined) expect(stages.map(({ name }) => name)).toContain(from)
      else {
        expect(source).toSatisfy((one: string) => existsSync(join(project, one)))
        expect(passed).toContain(`!${source.split('/')[0]}`)
      }
    }
  })

  test('ends as an ordinary user, the one its services name', () => {
    const last = instructions.findLastIndex(({ word }) => word === 'FROM')
    const users = instructions.slice(last).filter(({ word }) => word === 'USER')
    expect(users.at(-1)?.text).toBe('10001:10001')
    for (const { name, dockerfile } of builds) {
      if (dockerfile === path) expect(requireService(name).user).toBe('10001:10001')
    }
  })

  test('sets and takes only what a schema knows, and all the arguments its services give', () => {
    const known = Object.keys(StartSettings.in.shape)
    const set = instructions
      .filter(({ word }) => word === 'ENV')
      .flatMap(({ rest }) => rest.map((one) => one.split('=')[0] ?? ''))
    expect(known).toEqual(expect.arrayContaining(set.filter((name) => name.startsWith('HOOKSWITCH_'))))
    const taken = instructions
      .filter(({ word, text }) => word === 'ARG' && text.startsWith('HOOKSWITCH_'))
      .map(({ text }) => text)
    const given = builds
      .filter(({ dockerfile }) => dockerfile === path)
      .flatMap(({ args }) => Object.keys(args))
    // Two services of one image give the same.
    expect(taken.sort()).toEqual([...new Set(given)].sort())
  })

  test('makes the folders of its volumes, so that they belong to its user', () => {
    const installs = instructions.filter(({ text }) =>
      text.startsWith('install -d -o 10001 -g 10001 -m 0700'),
    )
    const made = installs.flatMap(({ rest }) => rest)
    for (const { name, dockerfile } of builds) {
      if (dockerfile !== path) continue
      expect(made, name).toEqual(expect.arrayContaining(volumesOf(name).map((one) => one.path)))
    }
  })
})
