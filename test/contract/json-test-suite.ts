import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../vectors/json-test-suite/test_parsing', import.meta.url))

/** JSONTestSuite: `y_` files are JSON, `n_` files are not, on `i_` files parsers differ. */
export const jsonTestSuite: readonly (readonly [name: string, bytes: Buffer])[] = readdirSync(folder).map(
  (name) => [name, readFileSync(join(folder, name))],
)
