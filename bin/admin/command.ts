/** A command that cannot be done as it was given; the message says why and what to do. */
export class CommandError extends Error {
  override name = 'CommandError'
}

/** Lines of columns, each as wide as its widest word. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((word, at) => word.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Unix seconds as people and programs both read them. */
export const time = (seconds: number) => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`
