import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Detection, libraryPathEnv, type Program, type ProgramSpec } from './program-spec.ts'
import { type Environment, findOnPath, runProgram } from './run-program.ts'

const NAME = 'chromium-headless-shell'

/** Chromium without windows, to see our pages as a browser does. */
export const chromium: ProgramSpec<Program> = {
  label: 'Chromium',
  // It looks for its data beside itself, which the second package has.
  packages: async () => [NAME, 'chromium-common'],
  overrideVariables: [],
  async detectInstalled(environment) {
    for (const name of [NAME, 'chromium']) {
      const path = await findOnPath(name, environment)
      if (path !== undefined) return verify({ path, env: {} }, environment)
    }
    return undefined
  },
  async detectUnpacked(root, environment) {
    const folder = join(root, 'usr/lib/chromium')
    const name = (await readdir(folder).catch(() => [])).find((one) =>
      /^headless.shell$|^chromium-headless-shell$/.test(one),
    )
    if (name === undefined) return undefined
    return verify(
      { path: join(folder, name), env: withPulseAudioLibraries(await libraryPathEnv(root, environment)) },
      environment,
    )
  },
}

/** It links to the sound server's libraries, one of which lies a folder deeper. */
const withPulseAudioLibraries = ({ LD_LIBRARY_PATH: paths = '' }: Record<string, string>) => ({
  LD_LIBRARY_PATH: [paths, ...paths.split(':').map((folder) => join(folder, 'pulseaudio'))].join(':'),
})

/** Its version alone would need no library that draws. */
async function verify(program: Program, environment: Environment): Promise<Detection<Program>> {
  const { out, err } = await runProgram(
    program.path,
    ['--no-sandbox', '--disable-gpu', '--dump-dom', 'about:blank'],
    {
      env: { ...environment, ...program.env },
    },
  )
  return out.includes('<html>')
    ? { found: program }
    : { unusable: `it does not run: ${err.trim().slice(0, 200)}` }
}
