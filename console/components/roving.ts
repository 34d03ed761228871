/**
 * Where a key moves in a grid (WAI-ARIA grid pattern). Rows are filled from the start; the last may be short.
 *
 * @param index of the active cell
 * @param pageRows rows that Page Up and Page Down skip
 * @returns undefined for another key
 */
export function nextIndex(
  key: string,
  index: number,
  { count, columns, pageRows = 10 }: { count: number; columns: number; pageRows?: number },
): number | undefined {
  const last = count - 1
  const byRows = (rows: number) => {
    const next = index + rows * columns
    return next >= 0 && next <= last ? next : undefined
  }
  switch (key) {
    case 'ArrowRight':
      return columns > 1 ? Math.min(index + 1, last) : undefined
    case 'ArrowLeft':
      return columns > 1 ? Math.max(index - 1, 0) : undefined
    case 'ArrowDown':
      return byRows(1) ?? index
    case 'ArrowUp':
      return byRows(-1) ?? index
    case 'PageDown':
      return byRows(pageRows) ?? last
    case 'PageUp':
      return byRows(-pageRows) ?? index % columns
    case 'Home':
      return 0
    case 'End':
      return last
    default:
      return undefined
  }
}
