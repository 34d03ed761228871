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
const nameOf = (operation: { method: string; path: string }) =>
  `${operation.method.toUpperCase()} ${operation.path}`

describe('the call centre surface', () => {
  test('has the 58 routes of its guide, CSV import and CSV export', () => {
    const guide = [...GUIDE_ROUTES.guarded, ...GUIDE_ROUTES.public]
    expect(guide).toHaveLength(58)
    expect(operations.map(nameOf).sort()).toEqual([...guide, ...ADDED_ROUTES].sort())
  })

  test('needs a token on exactly the routes where the guide needs one', () => {
    const isGuarded = ({ security = [] }: { security?: readonly object[] }) => security.length > 0
    expect(operations.filter(isGuarded).map(nameOf).sort()).toEqual(
      [...GUIDE_ROUTES.guarded, ...ADDED_ROUTES].sort(),
    )
  })

  test('has a row in PERMISSIONS for exactly the routes that need a token', () => {
    const guarded = operations.filter(({ security }) => (security ?? []).length > 0)
    expect(guarded.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(PERMISSIONS).sort())
  })

  test('docs/call-center.md prints PERMISSIONS', () => {
    const printedPermission = { none: '–', own: 'own', team: 'team', all: 'all' }
    const rows = operations.flatMap((operation) => {
      const permissions = PERMISSIONS[operation.operationId as keyof typeof PERMISSIONS] // undefined for a public operation
      if (permissions === undefined) return []
      return [
        `| \`${nameOf(operation)}\` | ${printedPermission[permissions.agent]} | ${printedPermission[permissions.supervisor]} | all |`,
      ]
    })
    const printed = readFileSync(join(project, 'docs/call-center.md'), 'utf8')
      .split('\n')
      .filter((line) => /^\| `[A-Z]+ \/api/.test(line))
    expect(printed).toEqual(rows)
  })
})
