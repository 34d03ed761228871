// Installs the npm packages where they are missing or older than package-lock.json.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const stamp = `${root}node_modules/.hookswitch`

/**
 * @param {{ dev: boolean, say?: (line: string) => void }} options whether the packages for development are
 *   needed, too; where progress is told, stdout unless said otherwise
 * @returns {Promise<void>} ends the process with npm's own words when npm fails
 */
export async function ensurePackages({ dev, say = console.log }) {
  const lock = createHash('sha256')
    .update(readFileSync(`${root}package-lock.json`))
    .digest('hex')
  const [had, hadDev] = existsSync(stamp) ? readFileSync(stamp, 'utf8').trim().split(' ') : []
  if (had === lock && (hadDev === 'dev' || !dev)) return

  const startedAt = Date.now()
  const args = ['ci', '--no-audit', '--no-fund', dev ? '--include=dev' : '--omit=dev']
  const code = await withProgress('installing the npm packages', say, (note) => {
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
  writeFileSync(stamp, `${lock} ${dev ? 'dev' : 'runtime'}\n`)
  say(`npm packages installed in ${Math.round((Date.now() - startedAt) / 1000)} s`)
}

/**
 * Says every few seconds that something long goes on; shows what it said if it fails.
 * @param {string} what
 * @param {(line: string) => void} say
 * @param {(note: (text: string) => void) => Promise<number | null>} work
 */
async function withProgress(what, say, work) {
  let said = ''
  say(`${what} …`)
  const startedAt = Date.now()
  const timer = setInterval(
    () => say(`… still ${what}, ${Math.round((Date.now() - startedAt) / 1000)} s`),
    10_000,
  )
  try {
    const code = await work((text) => {
      said = (said + text).slice(-8_000)
    })
    if (code !== 0) console.error(`${said}\n${what} failed: see above; is the npm registry within reach?`)
    return code
  } catch (err) {
    console.error(`${what} failed: ${err instanceof Error ? err.message : err}`)
    return 1
  } finally {
    clearInterval(timer)
  }
}
