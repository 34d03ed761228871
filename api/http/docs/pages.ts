import type { Asset, AssetName } from './assets.ts'

/** URL prefix of the pages' files. */
export const ASSETS_PATH = '/docs/assets'

interface Page {
  title: string
  styles: readonly AssetName[]
  scripts: readonly AssetName[]
  /** Redoc's search runs in a worker that it creates from a blob. */
  workerSrc: string
}

export const PAGES = {
  '/docs': {
    title: 'Hookswitch: try the API',
    styles: ['swagger-ui.css'],
    scripts: ['swagger-ui.js', 'start-docs.js'],
    workerSrc: "'none'",
  },
  '/redoc': {
    title: 'Hookswitch: the API',
    styles: [],
    scripts: ['redoc.js', 'start-redoc.js'],
    workerSrc: 'blob:',
  },
} as const satisfies Record<string, Page>

/**
 * Allows nothing from other hosts, and no script but our own files. Inline styles are allowed, because both pages
 * create them while rendering.
 */
export const contentSecurityPolicy = ({ workerSrc }: Page) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    `worker-src ${workerSrc}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

/** @param find the current file of a name; its hash becomes a part of the URL in the page */
export async function renderPage(
  { title, styles, scripts }: Page,
  find: (name: AssetName) => Promise<Asset>,
): Promise<string> {
  const url = async (name: AssetName) => `${ASSETS_PATH}/${(await find(name)).hash}/${name}`
  const links = await Promise.all(
    styles.map(async (name) => `<link rel="stylesheet" href="${await url(name)}">`),
  )
  const loads = await Promise.all(scripts.map(async (name) => `<script src="${await url(name)}"></script>`))
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
${links.join('\n')}
</head>
<body style="margin: 0">
<div id="docs"></div>
${loads.join('\n')}
</body>
</html>
`
}
