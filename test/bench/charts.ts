import type { GateResult, RevocationResult } from './results.ts'

/** A bar, its label to the left, its value at its end. */
interface Bar {
  label: string
  value: number
  text: string
  strong: boolean
}

interface Panel {
  title: string
  bars: readonly Bar[]
  /** Where the scale ends: one bar far beyond it would make dots of all others. It is drawn broken. */
  cap?: number
  /** A line across the bars, such as the floor. */
  mark?: { value: number; label: string }
}

// A ground of its own, so that the page behind may be light or dark.
const GROUND = '#ffffff'
const EDGE = '#d5d9df'
const INK = '#1b1f24'
const SOFT_INK = '#57606a'
const BAR = '#a9b4c0'
const STRONG_BAR = '#0b6bcb'

const WIDTH = 760
const LEFT = 284
const RIGHT = 88
const ROW = 30
const THICK = 18

const SHORT = {
  limit: 'nginx without auth: the limit',
  floor: 'bare node:http: the floor',
  ownFloor: 'the floor, as Hookswitch sets nginx',
  hookswitch: 'Hookswitch',
  fastify: '@fastify/jwt, cache on',
  express: 'express, jsonwebtoken, Redis',
} as const

export function gateChart({ variants }: GateResult): string {
  const bars = (read: (one: GateResult['variants'][number]) => number): Bar[] =>
    variants.map((one) => ({
      label: SHORT[one.name],
      value: read(one),
      text: `${read(one).toFixed(2)} ×`,
      strong: one.name === 'hookswitch',
    }))
  const mark = { value: 1, label: 'floor' }
  return chart('What the gate costs, compared to the floor', [
    { title: 'Requests per second (more is better)', bars: bars((one) => one.requestsToFloor), mark },
    { title: 'CPU for each request (less is better)', bars: bars((one) => one.cpuToFloor), mark, cap: 2 },
  ])
}

export function revocationChart(results: readonly RevocationResult[]): string {
  const bars = results.flatMap(({ load, p50Ms, p99Ms }) => {
    const when = load === 'idle' ? 'idle' : 'under load'
    return [
      { label: `${when}: half of them within`, value: p50Ms },
      { label: `${when}: 99 of 100 within`, value: p99Ms },
    ].map((bar) => ({ ...bar, text: `${bar.value.toFixed(1)} ms`, strong: true }))
  })
  return chart('From revocation to refusal', [
    { title: 'Milliseconds over 4 sidecars (less is better)', bars },
  ])
}

function chart(title: string, panels: readonly Panel[]): string {
  let y = 64
  const drawn: string[] = []
  for (const panel of panels) {
    drawn.push(draw(panel, y))
    y += heightOf(panel) + 22
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img" aria-label="${title}" font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif">
<title>${title}</title>
<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${y - 1}" rx="10" fill="${GROUND}" stroke="${EDGE}"/>
${text(24, 38, title, { size: 18, weight: 600 })}
${drawn.join('\n')}
</svg>
`
}

const heightOf = ({ bars, mark }: Panel) => 34 + bars.length * ROW + (mark ? 16 : 0)

function draw({ title, bars, mark, cap = Number.POSITIVE_INFINITY }: Panel, top: number): string {
  const most = Math.min(cap, Math.max(...bars.map((bar) => bar.value), mark?.value ?? 0)) || 1
  const scale = (value: number) => (Math.min(value, most) / most) * (WIDTH - LEFT - RIGHT)
  const first = top + 30
  const rows = bars.map(({ label, value, text: words, strong }, n) => {
    const y = first + n * ROW
    const middle = y + THICK / 2 + 5
    const end = LEFT + scale(value)
    return [
      text(LEFT - 12, middle, label, { size: 14, weight: strong ? 600 : 400, anchor: 'end' }),
      `<rect x="${LEFT}" y="${y}" width="${Math.max(1, end - LEFT).toFixed(1)}" height="${THICK}" rx="3" fill="${strong ? STRONG_BAR : BAR}"/>`,
      value > most ? breakAt(end - 28, y) : '',
      text(end + 8, middle, words, { size: 14, weight: strong ? 600 : 400 }),
    ].join('\n')
  })
  return [text(24, top + 12, title, { size: 14, fill: SOFT_INK }), markLine(), ...rows].join('\n')

  function markLine() {
    if (mark === undefined) return ''
    const x = LEFT + scale(mark.value)
    const bottom = first + bars.length * ROW - 4
    return `<line x1="${x.toFixed(1)}" y1="${first - 6}" x2="${x.toFixed(1)}" y2="${bottom}" stroke="${SOFT_INK}" stroke-dasharray="3 3"/>
${text(x, bottom + 14, mark.label, { size: 12, fill: SOFT_INK, anchor: 'middle' })}`
  }
}

/** Two slanted gaps: this bar goes on for longer than there is room. */
const breakAt = (x: number, y: number) =>
  [0, 9]
    .map((by) => `M${(x + by).toFixed(1)} ${y + THICK + 3}l8 -${THICK + 6}`)
    .map((path) => `<path d="${path}" stroke="${GROUND}" stroke-width="4"/>`)
    .join('')

function text(
  x: number,
  y: number,
  words: string,
  {
    size,
    weight = 400,
    fill = INK,
    anchor = 'start',
  }: { size: number; weight?: number; fill?: string; anchor?: string },
): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="${size}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor}" stroke="${GROUND}" stroke-width="4" paint-order="stroke">${words}</text>`
}
