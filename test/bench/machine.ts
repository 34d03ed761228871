import { cpus, loadavg, release, totalmem } from 'node:os'
import { runProgram } from '../../bin/system/run-program.ts'
import type { Machine } from './results.ts'
import type { BenchPrograms } from './testbed.ts'

/** What the numbers were measured on. */
export async function describeMachine({ nginx, redis }: BenchPrograms): Promise<Machine> {
  const version = async (
    program: { path: string; env: Record<string, string> },
    flag: string,
    is: RegExp,
  ) => {
    const { out, err } = await runProgram(program.path, [flag], { env: { ...process.env, ...program.env } })
    return is.exec(out + err)?.[1] ?? 'unknown'
  }
  return {
    loadBefore: loadavg()[0] ?? 0,
    date: new Date().toISOString().slice(0, 10),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1e9),
    kernel: release(),
    node: process.versions.node,
    nginx: await version(nginx, '-v', /nginx\/(\S+)/),
    redis: await version(redis, '--version', /\bv=(\S+)/),
  }
}
