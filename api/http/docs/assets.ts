import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { sha256 } from '../../../runtime/hash.ts'

/** A file that a page loads. Its URL holds its hash. */
export interface Asset {
  body: Uint8Array<ArrayBuffer>
  type: string
  hash: string
}

const requireFrom = createRequire(import.meta.url)
const JS = 'text/javascript; charset=utf-8'

/** Files of installed packages. */
const PACKAGE_FILES = {
  'swagger-ui.js': { path: () => requireFrom.resolve('swagger-ui-dist/swagger-ui-bundle.js'), type: JS },
  'swagger-ui.css': {
    path: () => requireFrom.resolve('swagger-ui-dist/swagger-ui.css'),
    type: 'text/css; charset=utf-8',
  },
  'redoc.js': { path: () => requireFrom.resolve('redoc/bundles/redoc.standalone.js'), type: JS },
} as const

/** Redoc loads its logo from another host; it is replaced, as the pages load nothing from other hosts. */
const REDOC_LOGO = 'https://cdn.redoc.ly/redoc/logo-mini.svg'
const BLANK_IMAGE = 'data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA='

/** The start script of each page: a file, as the Content-Security-Policy allows no inline script. */
const BOOT_SCRIPTS = {
  'start-docs.js': `SwaggerUIBundle({
  url: '/openapi.json', dom_id: '#docs', deepLinking: true, filter: true, validatorUrl: null,
  docExpansion: 'none', persistAuthorization: false, tryItOutEnabled: true,
})
`,
  'start-redoc.js': `Redoc.init('/openapi.json', { hideLoading: true }, document.getElementById('docs'))
`,
} as const

export type AssetName = keyof typeof PACKAGE_FILES | keyof typeof BOOT_SCRIPTS

export interface Assets {
  /** @throws {Error} where the package is not installed */
  find(name: AssetName): Promise<Asset>
}

export const isAssetName = (name: string): name is AssetName =>
  Object.hasOwn(PACKAGE_FILES, name) || Object.hasOwn(BOOT_SCRIPTS, name)

/** Reads files of the installed packages on first use and caches them. */
export function createAssets(): Assets {
  const cache = new Map<AssetName, Promise<Asset>>()
  return {
    find(name) {
      const asset = cache.get(name) ?? readAsset(name)
      cache.set(name, asset)
      asset.catch(() => cache.delete(name))
      return asset
    },
  }
}

async function readAsset(name: AssetName): Promise<Asset> {
  const [body, type] =
    name in BOOT_SCRIPTS
      ? ([new TextEncoder().encode(BOOT_SCRIPTS[name as keyof typeof BOOT_SCRIPTS]), JS] as const) // `in` has just checked it
      : await readPackageFile(name as keyof typeof PACKAGE_FILES) // the remaining names
  return { body, type, hash: sha256(body).slice(0, 16) }
}

async function readPackageFile(name: keyof typeof PACKAGE_FILES) {
  const { path, type } = PACKAGE_FILES[name]
  const text = (await readFile(path(), 'utf8')).replaceAll(REDOC_LOGO, BLANK_IMAGE)
  return [new TextEncoder().encode(text), type] as const
}
