import { test } from 'vitest'
import { cliReference } from './cli-reference.ts'
import { expectGenerated } from './generated.ts'

test('docs/cli.md shows what --help prints for every command', async () => {
  await expectGenerated('docs/cli.md', 'help', await cliReference())
})
