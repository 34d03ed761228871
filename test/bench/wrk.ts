import type { Program } from '../../bin/system/programs.ts'
import { runProgram } from '../../bin/system/run-program.ts'

/** One thread: on two cores a second one would only take from what is measured. */
export const CONNECTIONS = 32
export const THREADS = 1

export interface LoadResult {
  requests: number
  requestsPerSecond: number
  p50Ms: number
  p99Ms: number
}

/**
 * Loads a URL and returns the figures.
 * @throws {Error} when one request was refused or failed: refusals are cheaper than what is measured
 */
export async function runWrk(wrk: Program, url: string, token: string, seconds: number): Promise<LoadResult> {
  const args = [`-t${THREADS}`, `-c${CONNECTIONS}`, `-d${seconds}s`, '--latency']
  const { code, out, err } = await runProgram(
    wrk.path,
    [...args, '-H', `Authorization: Bearer ${token}`, url],
    {
      env: { ...process.env, ...wrk.env },
    },
  )
  if (code !== 0) throw new Error(`wrk failed: ${err.trim()}`)
  return readReport(out)
}

/** @throws {Error} for a report that shows failures or cannot be read */
export function readReport(report: string): LoadResult {
  const failures = /^\s*(Non-2xx.*|Socket errors.*)$/m.exec(report)?.[1]
  if (failures !== undefined) throw new Error(`void: ${failures}`)
  const numbers = {
    requests: Number(/^\s*(\d+) requests in/m.exec(report)?.[1]),
    requestsPerSecond: Number(/^Requests\/sec:\s+([\d.]+)/m.exec(report)?.[1]),
    p50Ms: milliseconds(report, 50),
    p99Ms: milliseconds(report, 99),
  }
  if (Object.values(numbers).some(Number.isNaN) || numbers.requests === 0)
    throw new Error(`wrk said what nobody understands: ${report}`)
  return numbers
}

const IN_MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 }

function milliseconds(report: string, percent: number): number {
  const [, amount, unit = ''] = new RegExp(`^\\s+${percent}%\\s+([\\d.]+)(us|ms|s)`, 'm').exec(report) ?? []
  return Number(amount) * (IN_MS[unit] ?? Number.NaN)
}
