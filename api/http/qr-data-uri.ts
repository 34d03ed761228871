import { renderSVG } from 'uqr'

/** A QR code (ISO/IEC 18004) as a data URI, with the quiet zone that cameras look for. */
export const qrDataUri = (text: string): string => {
  const svg = renderSVG(text, { ecc: 'M', border: 4 })
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`
}
