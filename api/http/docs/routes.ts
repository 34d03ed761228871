import { Hono } from 'hono'
import { Refusal } from '../../core/refusal.ts'
import type { OpenApiSection } from '../openapi.ts'
import { createAssets, isAssetName } from './assets.ts'
import { buildOpenApiDocument } from './openapi-document.ts'
import { ASSETS_PATH, contentSecurityPolicy, PAGES, renderPage } from './pages.ts'

const IMMUTABLE_CACHE = 'public, max-age=31536000, immutable'

/** The document and two pages that show it; the pages load nothing from other hosts. */
export function createDocsRoutes(sections: readonly OpenApiSection[]): Hono {
  const app = new Hono()
  const assets = createAssets()
  let document: ReturnType<typeof buildOpenApiDocument> | undefined

  app.get('/openapi.json', (c) => {
    document ??= buildOpenApiDocument(sections)
    return c.json(document, 200, { 'Cache-Control': 'no-cache' })
  })
  for (const [path, page] of Object.entries(PAGES)) {
    app.get(path, async (c) =>
      c.html(await renderPage(page, assets.find), 200, {
        'Content-Security-Policy': contentSecurityPolicy(page),
        'Cache-Control': 'no-cache',
        'X-Content-Type-Options': 'nosniff',
      }),
    )
  }
  app.get(`${ASSETS_PATH}/:hash/:name`, async (c) => {
    const { hash, name } = c.req.param()
    if (!isAssetName(name)) throw new Refusal('not_found')
    const asset = await assets.find(name)
    // A page of an older version asks for an old hash; the new file must not be cached under it.
    if (hash !== asset.hash) throw new Refusal('not_found')
    return c.body(asset.body, 200, {
      'Content-Type': asset.type,
      'Cache-Control': IMMUTABLE_CACHE,
      'X-Content-Type-Options': 'nosniff',
    })
  })
  return app
}
