import type { Context } from 'hono'

/**
 * Whether a request comes from a link preview: a messenger, the scanner of a mail server, or a browser that prefetches or
 * shows a page. A phone never accepts HTML here. A preview must neither receive the SIP password nor redeem the link.
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

/** User agents of browsers and of programs that preview links in messages. */
const PREVIEW_USER_AGENTS =
  /^mozilla\/|bot\b|crawl|spider|preview|unfurl|scanner|facebookexternalhit|whatsapp|telegram|slack|discord|linkedin|pinterest|skype|embedly|iframely|vkshare|mattermost|rocket\.chat|mastodon|synapse|safelinks|urldefense|mimecast|barracuda|proofpoint|googleimageproxy|google-safety|virustotal/i

/** The response to a preview: an explanation, and nothing of the account. */
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
