import uPlot from 'uplot'
import { type Figures, stack } from './stack.ts'

export interface Drawing {
  kind: 'bars' | 'lines'
  /** Short names of the points, for the axis below. */
  labels: readonly string[]
  series: readonly { name: string; values: Figures; color: string }[]
  colors: { text: string; grid: string; font: string }
  height: number
  formatValue(value: number): string
  /** The point under the pointer, or null. */
  onPoint(index: number | null): void
}

/** Width of a label, in CSS pixels. */
const LABEL_PX = 72
const BAR_SHARE = 0.7
/** Widest bar, in CSS pixels. */
const BAR_MAX_PX = 60

/** Draws a chart into an element, as wide as that. @returns a function that removes it */
export function draw(element: HTMLElement, drawing: Drawing): () => void {
  const { labels, series, colors, height, kind } = drawing
  const bars = kind === 'bars'
  const heights = bars ? stack(series.map(({ values }) => values)) : series.map(({ values }) => [...values])
  // What is drawn later covers what is below: of stacked bars the tallest comes first.
  const order = series.map((_, index) => (bars ? series.length - 1 - index : index))
  const axis = {
    stroke: colors.text,
    font: `12px ${colors.font}`,
    grid: { stroke: colors.grid, width: 1 },
    ticks: { stroke: colors.grid, width: 1 },
  }
  const plot = new uPlot(
    {
      width: Math.max(element.clientWidth, 1),
      height,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { show: !bars } },
      scales: {
        x: { time: false, range: () => [-0.5, Math.max(labels.length, 1) - 0.5] },
        y: { range: (_, __, max) => [0, niceMax(max)] },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          space: LABEL_PX,
          incrs: [1, 2, 3, 4, 6, 7, 12, 14, 24, 28, 48, 72, 96, 168, 336, 720, 1_440],
          values: (_, splits) => splits.map((index) => labels[index] ?? ''),
        },
        {
          ...axis,
          size: 56,
          // Counts: a half of a call is no call.
          incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000, 1_000_000],
          values: (_, splits) => splits.map((value) => drawing.formatValue(value)),
        },
      ],
      series: [
        {},
        ...order.map((index): uPlot.Series => {
          const color = series[index]?.color ?? colors.text
          if (!bars) return { stroke: color, width: 2 }
          const paths = uPlot.paths.bars?.({ size: [BAR_SHARE, BAR_MAX_PX] })
          return { fill: color, width: 0, points: { show: false }, ...(paths && { paths }) }
        }),
      ],
      hooks: { setCursor: [(self) => drawing.onPoint(self.cursor.idx ?? null)] },
    },
    [labels.map((_, index) => index), ...order.map((index) => heights[index] ?? [])],
    element,
  )
  const observer = new ResizeObserver(() => {
    const width = element.clientWidth
    if (width > 0 && width !== plot.width) plot.setSize({ width, height })
  })
  observer.observe(element)
  return () => {
    observer.disconnect()
    plot.destroy()
  }
}

/** A little air above the tallest value; never a scale without a height. */
const niceMax = (max: number | null) => Math.max(1, max === null ? 1 : max * 1.05)
