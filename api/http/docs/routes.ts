import { Hono } from 'hono'
import { Refusal } from '../../core/refusal.ts'
import type { Surface } from '../openapi.ts'
import { createAssets, isAssetName } from './assets.ts'
import { createDocument } from './openapi-document.ts'
import { ASSETS, PAGES, policyOf, write } from './pages.ts'

const FOREVER = 'public, max-age=31536000, immutable'

/** The document of all surfaces, and two pages that show it, with nothing of another host. */
export function createDocs(surfaces: readonly Surface[]): Hono {
  const app = new Hono()
  const assets = createAssets()
  let document: ReturnType<typeof createDocument> | undefined

  app.get('/openapi.json', (c) => {
    document ??= createDocument(surfaces)
    return c.json(document, 200, { 'Cache-Control': 'no-cache' })
  })
  for (const [path, page] of Object.entries(PAGES)) {
    app.get(path, async (c) =>
      c.html(await write(page, assets.find), 200, {
        'Content-Security-Policy': policyOf(page),
        'Cache-Control': 'no-cache',
        'X-Content-Type-Options': 'nosniff',
      }),
    )
  }
  app.get(`${ASSETS}/:hash/:name`, async (c) => {
    const { hash, name } = c.req.param()
    if (!isAssetName(name)) throw new Refusal('not_found')
    const asset = await assets.find(name)
    // A page of an older version asks for what is gone: it must not be kept as what it was.
    if (hash !== asset.hash) throw new Refusal('not_found')
    return c.body(asset.body, 200, {
      'Content-Type': asset.type,
      'Cache-Control': FOREVER,
      'X-Content-Type-Options': 'nosniff',
    })
  })
  return app
}
