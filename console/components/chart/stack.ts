/** One figure a point; null where there is none. */
export type Figures = readonly (number | null)[]

/** Heights of stacked bars: each series stands on those before it, so the last one is the tallest. */
export function stack(series: readonly Figures[]): number[][] {
  const stacked: number[][] = []
  for (const values of series) {
    const below = stacked.at(-1)
    stacked.push(values.map((value, index) => (below?.[index] ?? 0) + (value ?? 0)))
  }
  return stacked
}
