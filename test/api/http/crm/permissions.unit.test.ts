import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PERMISSIONS } from '../../../../api/http/crm/permissions.ts'
import { project } from '../../../support/build.ts'
import { operationsOf } from '../../../support/openapi/document.ts'
import { createRoutesOnlyApp, documentOf } from '../../../support/openapi/routes-only-app.ts'
import { ADDED_ROUTES, GUIDE_ROUTES } from './guide-routes.ts'

const operations = operationsOf(await documentOf(createRoutesOnlyApp())).filter(({ tags }) =>
  tags.some((tag) => tag.startsWith('Call centre')),
)
const named = (operation: { method: string; path: string }) =>
  `${operation.method.toUpperCase()} ${operation.path}`

describe('the call centre’s surface', () => {
  test('has the 58 routes of its guide, and a few of ours', () => {
    const guide = [...GUIDE_ROUTES.guarded, ...GUIDE_ROUTES.public]
    expect(guide).toHaveLength(58)
    expect(operations.map(named).sort()).toEqual([...guide, ...ADDED_ROUTES].sort())
  })

  test('asks for a token where its guide says so, and nowhere else', () => {
    const isGuarded = ({ security = [] }: { security?: readonly object[] }) => security.length > 0
    expect(operations.filter(isGuarded).map(named).sort()).toEqual(
      [...GUIDE_ROUTES.guarded, ...ADDED_ROUTES].sort(),
    )
  })

  test('says of each route with a token who may ask', () => {
    const guarded = operations.filter(({ security }) => (security ?? []).length > 0)
    expect(guarded.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(PERMISSIONS).sort())
  })

  test('docs/call-center.md prints the table that decides', () => {
    const reach = { none: '–', own: 'own', team: 'team', all: 'all' }
    const rows = operations.flatMap((operation) => {
      const rights = PERMISSIONS[operation.operationId as keyof typeof PERMISSIONS] // undefined for the public ones
      if (rights === undefined) return []
      return [`| \`${named(operation)}\` | ${reach[rights.agent]} | ${reach[rights.supervisor]} | all |`]
    })
    const printed = readFileSync(join(project, 'docs/call-center.md'), 'utf8')
      .split('\n')
      .filter((line) => /^\| `[A-Z]+ \/api/.test(line))
    expect(printed).toEqual(rows)
  })
})
