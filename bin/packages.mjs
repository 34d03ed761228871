// Installs the npm packages where they are missing or older than package-lock.json.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { withInstallLock } from './install-lock.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const stamp = `${root}node_modules/.hookswitch`
/** Beside node_modules, which npm empties. */
const installLock = `${root}.npm-install.lock`

/**
 * @param {{ dev: boolean, log?: (line: string) => void }} options `dev`: whether the packages for development are
 *   needed, too; `log` prints progress, on stdout by default
 * @returns {Promise<void>} ends the process with npm's own words when npm fails
 */
export async function ensurePackages({ dev, log = console.log }) {
  const lock = createHash('sha256')
    .update(readFileSync(`${root}package-lock.json`))
    .digest('hex')
  const areInstalled = () => {
    const [had, hadDev] = existsSync(stamp) ? readFileSync(stamp, 'utf8').trim().split(' ') : []
    return had === lock && (hadDev === 'dev' || !dev)
  }
  if (areInstalled()) return
  // Two at once would empty the folder for each other. The one that waited finds the packages there.
  await withInstallLock(installLock, async () => {
    if (!areInstalled()) await install(lock, dev, log)
  })
}

/**
 * @param {string} lock digest of package-lock.json
 * @param {boolean} dev
 * @param {(line: string) => void} log
 */
async function install(lock, dev, log) {
  const startedAt = Date.now()
  // Node's version is checked by our own commands. A package that asks for a newer npm works all the same with Debian 13's.
  const args = [
    'ci',
    '--no-audit',
    '--no-fund',
    '--engine-strict=false',
    dev ? '--include=dev' : '--omit=dev',
  ]
  const code = await withProgress('installing the npm packages', log, (note) => {
    const npm = spawn('npm', args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (chunk) => note(String(chunk)))
    // Who ends us ends what we wait for.
    const end = () => npm.kill()
    const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])
    for (const signal of signals) process.once(signal, end)
    return new Promise((resolve, reject) => {
      npm.once('error', reject)
      npm.once('close', resolve)
    }).finally(() => {
      for (const signal of signals) process.removeListener(signal, end)
    })
  })
  if (code !== 0) process.exit(1)
  rmSync(stamp, { force: true }) // a copy of the folder may share the file
  writeFileSync(stamp, `${lock} ${dev ? 'dev' : 'runtime'}\n`)
  log(`npm packages installed in ${Math.round((Date.now() - startedAt) / 1000)} s`)
}

/**
 * Reports every few seconds that long work goes on; shows its output if it fails.
 * @param {string} what
 * @param {(line: string) => void} log
 * @param {(note: (text: string) => void) => Promise<number | null>} work
 */
async function withProgress(what, log, work) {
  let output = ''
  log(`${what} …`)
  const startedAt = Date.now()
  const timer = setInterval(
    () => log(`… still ${what}, ${Math.round((Date.now() - startedAt) / 1000)} s`),
    10_000,
  )
  try {
    const code = await work((text) => {
      output = (output + text).slice(-8_000)
    })
    if (code !== 0) console.error(`${output}\n${what} failed: ${explainFailure(output)}`)
    return code
  } catch (err) {
    console.error(`${what} failed: ${explainFailure(String(err))}`)
    return 1
  } finally {
    clearInterval(timer)
  }
}

/** @type {readonly [RegExp, string][]} */
const CAUSES = [
  [/spawn npm ENOENT/, 'there is no npm on the PATH; install it (Debian: apt install npm)'],
  [/EBADENGINE/, 'this Node.js or npm is too old for a package; the lines above name both versions'],
  [/ENOSPC/, 'the disk is full'],
  [/EACCES|EPERM|EROFS/, 'npm may not write here; run it as the user who owns this folder'],
  [/EINTEGRITY/, 'a package differs from package-lock.json; a proxy or a mirror may have changed it'],
  [/\bE(401|403)\b/, 'the npm registry refuses access; look at the registry and its token in ~/.npmrc'],
  [
    /\bE404\b|ETARGET/,
    'the npm registry does not have a package or its version; look at the registry in ~/.npmrc',
  ],
  [
    /CERT|SELF_SIGNED|SSL/,
    'the certificate of the npm registry is not trusted; NODE_EXTRA_CA_CERTS names one that is',
  ],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|network/,
    'the npm registry cannot be reached; a proxy is set by `npm config set proxy`',
  ],
  [/gyp ERR|node-pre-gyp|prebuild/, 'a package could not be built; the lines above name it'],
]

/**
 * Why npm failed, as a person can mend it.
 * @param {string} output npm's own output
 */
export function explainFailure(output) {
  // npm's code stands for the whole failure; a warning further up does not.
  const code = /npm (?:ERR!|error) code (\S+)/.exec(output)?.[1] ?? ''
  const errors = output.replace(/^npm (?:WARN|warn) .*$/gm, '')
  const found =
    CAUSES.find(([pattern]) => pattern.test(code)) ?? CAUSES.find(([pattern]) => pattern.test(errors))
  return found?.[1] ?? 'see the output of npm above'
}
