import { expect, test } from 'vitest'
import { createRoutesOnlyApp, documentOf } from '../../../support/openapi/routes-only-app.ts'

test('the document describes each tag once', async () => {
  const { tags = [] } = (await documentOf(createRoutesOnlyApp())) as { tags?: { name: string }[] } // as OpenAPI has it
  const names = tags.map(({ name }) => name)
  expect(names).toContain('AI documents')
  expect(names).toEqual([...new Set(names)])
})
