import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { build } from 'esbuild'

/** A process that runs a file of `processes/` with `url`, once it gets `go`. */
export interface TestProcess {
  /** Lets it go; resolves with its exit code. */
  go(): Promise<number | null>
  /** Each line it prints, as it comes. */
  lines(): AsyncGenerator<string>
  kill(): Promise<void>
}

/** @returns once the process has loaded everything and waits */
export async function startProcess(name: string, url: string): Promise<TestProcess> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'processes', `${name}.ts`)],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  })
  const code = outputFiles[0]?.text ?? ''
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code, url], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const exited = exit(child)
  await Promise.race([once(child, 'message'), exited])

  return {
    go() {
      child.send('go')
      return exited
    },
    async *lines() {
      let rest = ''
      for await (const part of child.stdout ?? []) {
        const lines = (rest + part).split('\n')
        rest = lines.pop() ?? ''
        yield* lines
      }
    },
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

function exit(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', resolve))
}
