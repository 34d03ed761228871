import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'

/** A file that a page loads, under a name that changes with what is in it. */
export interface Asset {
  body: Uint8Array<ArrayBuffer>
  type: string
  hash: string
}

const here = createRequire(import.meta.url)
const JS = 'text/javascript; charset=utf-8'

/** Where each lies among the installed packages. */
const PACKAGED = {
  'swagger-ui.js': { path: () => here.resolve('swagger-ui-dist/swagger-ui-bundle.js'), type: JS },
  'swagger-ui.css': {
    path: () => here.resolve('swagger-ui-dist/swagger-ui.css'),
    type: 'text/css; charset=utf-8',
  },
  'redoc.js': { path: () => here.resolve('redoc/bundles/redoc.standalone.js'), type: JS },
} as const

/** Redoc shows its makers' mark, which lies on a host of theirs: nothing is asked of another host. */
const MARK = 'https://cdn.redoc.ly/redoc/logo-mini.svg'
const NO_PICTURE = 'data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA='

/** What starts each page. A file of its own, as the pages allow no script inside them. */
const STARTS = {
  'start-docs.js': `SwaggerUIBundle({
  url: '/openapi.json', dom_id: '#docs', deepLinking: true, filter: true, validatorUrl: null,
  docExpansion: 'none', persistAuthorization: false, tryItOutEnabled: true,
})
`,
  'start-redoc.js': `Redoc.init('/openapi.json', { hideLoading: true }, document.getElementById('docs'))
`,
} as const

export type AssetName = keyof typeof PACKAGED | keyof typeof STARTS

export interface Assets {
  /** @throws {Error} where the package is not installed */
  find(name: AssetName): Promise<Asset>
}

export const isAssetName = (name: string): name is AssetName =>
  Object.hasOwn(PACKAGED, name) || Object.hasOwn(STARTS, name)

/** Files of the installed packages, read when first asked for and then kept: the gate's memory is no place for them. */
export function createAssets(): Assets {
  const kept = new Map<AssetName, Promise<Asset>>()
  return {
    find(name) {
      const asset = kept.get(name) ?? read(name)
      kept.set(name, asset)
      asset.catch(() => kept.delete(name))
      return asset
    },
  }
}

async function read(name: AssetName): Promise<Asset> {
  const [body, type] =
    name in STARTS
      ? ([new TextEncoder().encode(STARTS[name as keyof typeof STARTS]), JS] as const) // just looked
      : await packaged(name as keyof typeof PACKAGED) // as it is not the other
  return { body, type, hash: createHash('sha256').update(body).digest('base64url').slice(0, 16) }
}

async function packaged(name: keyof typeof PACKAGED) {
  const { path, type } = PACKAGED[name]
  const text = (await readFile(path(), 'utf8')).replaceAll(MARK, NO_PICTURE)
  return [new TextEncoder().encode(text), type] as const
}
