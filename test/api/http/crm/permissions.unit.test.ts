import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { RIGHTS } from '../../../../api/http/crm/permissions.ts'
import { project } from '../../../support/build.ts'
import { operationsOf } from '../../../support/openapi/document.ts'
import { createFace, documentOf } from '../../../support/openapi/routes-only-app.ts'
import { GUIDE, OURS } from './guide-routes.ts'

const operations = operationsOf(await documentOf(createFace())).filter(({ tags }) =>
  tags.some((tag) => tag.startsWith('Call centre')),
)
const named = (operation: { method: string; path: string }) =>
  `${operation.method.toUpperCase()} ${operation.path}`

describe('the call centre’s surface', () => {
  test('has the 58 routes of its guide, and a few of ours', () => {
    const guide = [...GUIDE.guarded, ...GUIDE.public]
    expect(guide).toHaveLength(58)
    expect(operations.map(named).sort()).toEqual([...guide, ...OURS].sort())
  })

  test('asks for a token where its guide says so, and nowhere else', () => {
    const isGuarded = ({ security = [] }: { security?: readonly object[] }) => security.length > 0
    expect(operations.filter(isGuarded).map(named).sort()).toEqual([...GUIDE.guarded, ...OURS].sort())
  })

  test('says of each route with a token who may ask', () => {
    const guarded = operations.filter(({ security }) => (security ?? []).length > 0)
    expect(guarded.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(RIGHTS).sort())
  })

  test('docs/call-centre.md prints the table that decides', () => {
    const reach = { none: '–', own: 'own', team: 'team', all: 'all' }
    const rows = operations.flatMap((operation) => {
      const rights = RIGHTS[operation.operationId as keyof typeof RIGHTS] // undefined for the public ones
      if (rights === undefined) return []
      return [`| \`${named(operation)}\` | ${reach[rights.agent]} | ${reach[rights.supervisor]} | all |`]
    })
    const printed = readFileSync(join(project, 'docs/call-centre.md'), 'utf8')
      .split('\n')
      .filter((line) => /^\| `[A-Z]+ \/api/.test(line))
    expect(printed).toEqual(rows)
  })
})
