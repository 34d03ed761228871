import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Look, libraries, type Program, type Recipe } from './program-spec.ts'
import { type Environment, onPath, run } from './run-program.ts'

const NAME = 'chromium-headless-shell'

/** Chromium without windows, to see our pages as a browser does. */
export const chromium: Recipe<Program> = {
  label: 'Chromium',
  // It looks for its data beside itself, which the second package has.
  packages: async () => [NAME, 'chromium-common'],
  overrides: [],
  async onMachine(environment) {
    for (const name of [NAME, 'chromium']) {
      const path = await onPath(name, environment)
      if (path !== undefined) return judge({ path, env: {} }, environment)
    }
    return undefined
  },
  async unpacked(root, environment) {
    const folder = join(root, 'usr/lib/chromium')
    const name = (await readdir(folder).catch(() => [])).find((one) =>
      /^headless.shell$|^chromium-headless-shell$/.test(one),
    )
    if (name === undefined) return undefined
    return judge(
      { path: join(folder, name), env: withSound(await libraries(root, environment)) },
      environment,
    )
  },
}

/** It links to the sound server's libraries, one of which lies a folder deeper. */
const withSound = ({ LD_LIBRARY_PATH: paths = '' }: Record<string, string>) => ({
  LD_LIBRARY_PATH: [paths, ...paths.split(':').map((folder) => join(folder, 'pulseaudio'))].join(':'),
})

/** Its version alone would need no library that draws. */
async function judge(program: Program, environment: Environment): Promise<Look<Program>> {
  const { out, err } = await run(
    program.path,
    ['--no-sandbox', '--disable-gpu', '--dump-dom', 'about:blank'],
    {
      env: { ...environment, ...program.env },
    },
  )
  return out.includes('<html>')
    ? { found: program }
    : { unfit: `it does not run: ${err.trim().slice(0, 200)}` }
}
