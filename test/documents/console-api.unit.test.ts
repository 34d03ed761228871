import { expect, test } from 'vitest'
import { createRoutesOnlyApp, documentOf } from '../support/openapi/routes-only-app.ts'
import { toTypeScript } from '../support/openapi/to-typescript.ts'

/** The surfaces that the console uses, whole or in part. */
const USED =
  /^\/(?:api\/(?:v1|leads|agents|campaigns|calls|stats|statistics|ai)|pbxcore\/api\/v3|pbxcore\/api\/module-softphone-backend\/v1|sip)(?:\/|$)|^\/auth\/register$|^\/api\/auth\/(?!login|invite$)/

test('console/api/schema.d.ts has the types of the OpenAPI document; `npm run docs` writes it', async () => {
  const document = await documentOf(createRoutesOnlyApp())
  await expect(toTypeScript(document as never, (path) => USED.test(path))).toMatchFileSnapshot(
    '../../console/api/schema.d.ts',
  )
})
