import type { Asset, AssetName } from './assets.ts'

/** Where the files of the pages are. */
export const ASSETS_PATH = '/docs/assets'

interface Page {
  title: string
  styles: readonly AssetName[]
  scripts: readonly AssetName[]
  /** Redoc looks for words in a worker that it makes itself. */
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
 * Nothing of another host, and no script but our own files. Both pages write styles as they draw, which is
 * why these alone may stand in the page.
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

/** @param find what a file is at this moment: its name in the page changes with it */
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
