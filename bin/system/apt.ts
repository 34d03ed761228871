import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Environment, runProgram } from './run-program.ts'

/** apt as it is set up on this machine, but with lists and cache of its own: it reads the host and writes to `folder`. */
export interface Apt {
  /** fetches the lists; what went wrong, if anything: a dead third-party mirror need not matter */
  update: () => Promise<string | undefined>
  /** what `roots` need beyond what the machine has, and `roots` themselves, as `name=version` or `name` */
  closure: (roots: readonly string[]) => Promise<{ packages: string[] } | { error: string }>
  /** how many bytes a download would take */
  size: (packages: readonly string[]) => Promise<number>
  /** fetches the packages, checked against the signed lists, into `debs`; what went wrong, if anything */
  download: (packages: readonly string[]) => Promise<string | undefined>
  debs: string
}

/** @param folder an empty folder; remove it when done */
export async function createApt(folder: string, environment: Environment): Promise<Apt> {
  const debs = join(folder, 'archives')
  await mkdir(join(folder, 'lists/partial'), { recursive: true })
  await mkdir(join(debs, 'partial'), { recursive: true })
  const hostPins = await readFile('/etc/apt/preferences', 'utf8').catch(() => '')
  await writeFile(join(folder, 'preferences'), `${pins}\n${hostPins}`)
  await writeFile(join(folder, 'apt.conf'), conf(folder))
  await chmod(folder, 0o755)

  const env = { ...environment, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' }
  // `-c` is read after the machine's own settings, so that ours have the last word; APT_CONFIG would be read before
  const apt = (...args: string[]) =>
    runProgram('apt-get', ['-c', join(folder, 'apt.conf'), ...args], { env, cwd: debs })

  return {
    debs,
    async update() {
      const { code, err } = await apt('update', '-qq')
      return firstErrorLine(err) ?? (code === 0 ? undefined : 'apt-get update failed')
    },
    async closure(roots) {
      const { code, out, err } = await apt(
        'install',
        '-s',
        '--no-install-recommends',
        '--allow-downgrades',
        ...roots,
      )
      if (code !== 0) return { error: firstErrorLine(`${err}\n${out}`) ?? 'apt-get install -s failed' }
      const missing = [...out.matchAll(/^Inst (\S+) (?:\[[^\]]*\] )?\((\S+)/gm)].map(([, name, version]) => ({
        name,
        version,
      }))
      // a private libc under the machine's own loader crashes; nothing we could unpack would help
      if (missing.some(({ name }) => name === 'libc6'))
        return { error: 'they need a newer libc6 than this machine has' }
      const already = roots.filter((root) => !missing.some(({ name }) => name === root))
      return { packages: [...missing.map(({ name, version }) => `${name}=${version}`), ...already] }
    },
    async size(packages) {
      const { out } = await apt('download', '--print-uris', ...packages)
      return [...out.matchAll(/^'[^']*' \S+ (\d+)/gm)].reduce((sum, [, bytes]) => sum + Number(bytes), 0)
    },
    async download(packages) {
      const { code, err } = await apt('download', '-qq', ...packages)
      return code === 0 ? undefined : (firstErrorLine(err) ?? 'apt-get download failed')
    },
  }
}

/** nginx.org's nginx is newer than the distribution's, but no packaged Nchan fits it: the pair is taken as a pair. */
const pins = ['Debian', 'Ubuntu']
  .map((origin) => `Package: nginx* libnginx-mod-*\nPin: release o=${origin}\nPin-Priority: 1001\n`)
  .join('\n')

/** Hooks are cleared because they run the host's programs; index targets, because only `Packages` is read here. */
const conf = (folder: string) => `
#clear APT::Update;
#clear AptCli;
#clear Acquire::Languages;
#clear Acquire::IndexTargets;
Acquire::Languages "none";
Acquire::IndexTargets::deb::Packages {
  MetaKey "$(COMPONENT)/binary-$(ARCHITECTURE)/Packages"; flatMetaKey "Packages";
  ShortDescription "Packages"; Description "$(RELEASE)/$(COMPONENT) $(ARCHITECTURE) Packages";
  flatDescription "$(RELEASE) Packages"; Optional "0";
};
Acquire::Retries "2";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
APT::Sandbox::User "";
Dir::State "${folder}/";
Dir::State::lists "${folder}/lists/";
Dir::State::status "/var/lib/dpkg/status";
Dir::Cache "${folder}/";
Dir::Cache::archives "${folder}/archives/";
Dir::Cache::pkgcache "pkgcache.bin";
Dir::Etc::preferences "${folder}/preferences";
Dir::Log "${folder}/";
`

/** The most useful line of apt's output: its first error, or else the first file it failed to fetch. */
function firstErrorLine(text: string): string | undefined {
  const lines = text.split('\n').map((line) => line.trim())
  const line = lines.find((it) => it.startsWith('E: ')) ?? lines.find((it) => /^W: Failed to fetch/.test(it))
  return line?.slice(3)
}
