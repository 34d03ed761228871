import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'ldapts'
import { findOrFetch } from '../../bin/system/programs.ts'
import { runProgram } from '../../bin/system/run-program.ts'
import { systemFolder } from './build.ts'
import { freePort } from './free-port.ts'
import { waitUntil } from './stack.ts'

export const BASE = 'dc=example,dc=org'
export const ROOT_DN = `cn=root,${BASE}`
export const ROOT_PASSWORD = 'the root of the tree'
export const SERVICE_DN = `cn=hookswitch,${BASE}`
export const SERVICE_PASSWORD = 'service secret'

/** A real OpenLDAP on loopback, with people, groups and the memberof overlay. */
export interface Slapd {
  port: number
  tlsPort: number
  signal(signal: NodeJS.Signals): void
  /** SIGSTOP, once all its threads have stopped. */
  freeze(): Promise<void>
  /** Starts it again on its ports, with its data. */
  restart(certificate?: CertificateFiles): Promise<void>
  /** A connection as the root of the tree; close it by `unbind`. */
  admin(): Promise<Client>
  /** Adds a person with a password; `more` replaces attributes. */
  addPerson(uid: string, password: string, more?: Record<string, string | string[]>): Promise<string>
  addGroup(cn: string, members: readonly string[]): Promise<string>
  stop(): Promise<void>
}

export interface CertificateFiles {
  certificate: string
  key: string
}

/** @throws {Error} with its output when it does not start */
export async function startSlapd(certificate: CertificateFiles): Promise<Slapd> {
  const { slapd } = await findOrFetch(systemFolder, ['slapd'], (line) => console.log(line))
  const folder = mkdtempSync(join(tmpdir(), 'slapd-'))
  const database = join(folder, 'db')
  mkdirSync(database)
  const [port, tlsPort] = [await freePort(), await freePort()]
  const conf = join(folder, 'slapd.conf')
  const env = { ...process.env, ...slapd.env }
  const isRoot = process.getuid?.() === 0
  const writeConf = ({ certificate: cert, key }: CertificateFiles) =>
    writeFileSync(
      conf,
      [
        ...['core', 'cosine', 'inetorgperson', 'nis'].map(
          (name) => `include ${join(slapd.schema, name)}.schema`,
        ),
        `modulepath ${slapd.modules}`,
        ...['back_mdb', 'memberof'].map((name) => `moduleload ${name}`),
        `pidfile ${join(folder, 'pid')}`,
        `TLSCertificateFile ${cert}`,
        `TLSCertificateKeyFile ${key}`,
        'TLSVerifyClient never',
        'database mdb',
        `suffix "${BASE}"`,
        `rootdn "${ROOT_DN}"`,
        `rootpw "${ROOT_PASSWORD}"`,
        `directory ${database}`,
        'overlay memberof',
        'memberof-refint TRUE',
        // As servers that accept unauthenticated binds do (RFC 4513 §5.1.2).
        'access to attrs=userPassword by anonymous auth by * none',
        `access to * by dn.exact="${SERVICE_DN}" read by self read by * none`,
      ]
        .flatMap((line) => (line === 'database mdb' ? ['allow bind_anon_cred bind_anon_dn', line] : [line]))
        .join('\n'),
    )
  writeConf(certificate)
  const seed = join(folder, 'seed.ldif')
  writeFileSync(
    seed,
    `dn: ${BASE}\nobjectClass: domain\ndc: example\n\n` +
      ['people', 'groups']
        .map((ou) => `dn: ou=${ou},${BASE}\nobjectClass: organizationalUnit\nou: ${ou}\n\n`)
        .join('') +
      `dn: ${SERVICE_DN}\nobjectClass: applicationProcess\nobjectClass: simpleSecurityObject\ncn: hookswitch\nuserPassword: ${SERVICE_PASSWORD}\n`,
  )
  const added = await runProgram(slapd.path, ['-T', 'add', '-f', conf, '-l', seed], { env })
  if (added.code !== 0) throw new Error(`slapd has not taken its entries: ${added.err}`)
  const user = isRoot ? { uid: 65_534, gid: 65_534 } : {}
  if (isRoot) {
    chmodSync(folder, 0o755)
    for (const path of [folder, database, join(database, 'data.mdb'), join(database, 'lock.mdb')])
      chownSync(path, 65_534, 65_534)
  }

  let child: ChildProcess
  let output = ''
  const start = async () => {
    const urls = `ldap://127.0.0.1:${port}/ ldaps://127.0.0.1:${tlsPort}/`
    child = spawn(slapd.path, ['-d', '0', '-f', conf, '-h', urls], { cwd: '/', env, ...user })
    const { stdout, stderr } = child
    for (const stream of [stdout, stderr]) stream?.on('data', (text) => (output += text))
    await waitUntil('slapd answers', async () => {
      if (child.exitCode !== null) throw new Error(`slapd ended: ${output}`)
      return (await accepts(port)) && (await accepts(tlsPort))
    })
  }
  const end = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await exited
  }
  await start()

  const admin = async () => {
    const client = new Client({ url: `ldap://127.0.0.1:${port}`, timeout: 20_000 })
    await client.bind(ROOT_DN, ROOT_PASSWORD)
    return client
  }
  const add = async (dn: string, attributes: Record<string, string | string[]>) => {
    const client = await admin()
    await client.add(dn, attributes)
    await client.unbind()
    return dn
  }

  return {
    port,
    tlsPort,
    admin,
    signal: (signal) => void child.kill(signal),
    async freeze() {
      child.kill('SIGSTOP')
      const tasks = `/proc/${child.pid}/task`
      const hasStopped = (id: string) => /\) [Tt] /.test(readFileSync(join(tasks, id, 'stat'), 'latin1'))
      await waitUntil('slapd stops', () => readdirSync(tasks).every(hasStopped))
    },
    async restart(files = certificate) {
      await end()
      writeConf(files)
      await start()
    },
    addPerson: (uid, password, more = {}) =>
      add(`uid=${escapeDnValue(uid)},ou=people,${BASE}`, {
        objectClass: ['inetOrgPerson'],
        ...{ uid, cn: uid, sn: uid, mail: `${uid}@example.org`, userPassword: password },
        ...more,
      }),
    addGroup: (cn, members) =>
      add(`cn=${escapeDnValue(cn)},ou=groups,${BASE}`, {
        ...{ objectClass: 'groupOfNames', cn, member: [...members] },
      }),
    async stop() {
      await end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** RFC 4514 §2.4. */
const escapeDnValue = (text: string) => text.replace(/[,+"\\<>;#=]/g, '\\$&')

const accepts = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
