import type { Context } from 'hono'

/**
 * Whether a request comes from what only looks at a link: the preview of a messenger, the scanner of a mail server, a
 * browser that fetches in advance or shows a page. A phone that sets itself up asks for no page. A look must neither see
 * the SIP secret nor use the link up.
 */
export function isLinkPreview(c: Context): boolean {
  const { 'user-agent': agent = '', accept = '', ...rest } = c.req.header()
  if (
    /\b(?:prefetch|preview|prerender)\b/i.test(`${rest.purpose} ${rest['sec-purpose']} ${rest['x-purpose']}`)
  )
    return true
  return (
    /(?:^|[\s,])(?:text\/html|application\/xhtml\+xml)(?=[\s,;]|$)/i.test(accept) ||
    PREVIEW_USER_AGENTS.test(agent)
  )
}

/** Browsers, and programs that fetch links which people send each other, as they name themselves. */
const PREVIEW_USER_AGENTS =
  /^mozilla\/|bot\b|crawl|spider|preview|unfurl|scanner|facebookexternalhit|whatsapp|telegram|slack|discord|linkedin|pinterest|skype|embedly|iframely|vkshare|mattermost|rocket\.chat|mastodon|synapse|safelinks|urldefense|mimecast|barracuda|proofpoint|googleimageproxy|google-safety|virustotal/i

/** What a look gets in the place of a phone's configuration: words for a person, and nothing of the account. */
export function linkPreviewPage(c: Context): Response {
  return c.html(
    `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="robots" content="noindex"><title>Set up a phone</title></head>
<body><p>This link sets up a phone. Open it in Linphone: scan its QR code there, or enter it as remote provisioning.</p></body>
</html>
`,
    200,
    {
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
      'X-Content-Type-Options': 'nosniff',
      'X-Robots-Tag': 'noindex',
    },
  )
}
