import { test } from 'vitest'
import { expectGenerated } from './generated.ts'
import { settingsReference } from './settings-reference.ts'

// test/bin/settings-env-example.unit.test.ts compares .env.example with the schemas: no setting is missing in either.
test('docs/settings.md has each setting with the meaning in .env.example and the values of its schema', async () => {
  await expectGenerated('docs/settings.md', 'settings', settingsReference())
})
