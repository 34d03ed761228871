import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { project } from './support/build.ts'
import {
  composeText,
  dockerfiles,
  instructionsOf,
  readProjectFile,
  requireService,
  serviceEntries,
  volumesOf,
} from './support/compose-file.ts'

describe('what the images hold', () => {
  test('commands run programs that the build makes', () => {
    const programs = [...readProjectFile('bin/build.mjs').matchAll(/^ +'?([\w-]+)'?: '([\w/-]+\.ts)',$/gm)]
    const entries = new Map(programs.map(([, name, source]) => [`dist/${name}.js`, source]))
    const asked = [
      ...serviceEntries.flatMap(([, { command }]) => command),
      ...dockerfiles.flatMap((path) => instructionsOf(path).flatMap(({ rest }) => rest)),
      ...composeText.split(/\s+/),
    ].filter((word) => /^dist\/[\w-]+\.js$/.test(word))
    expect(new Set(asked).size).toBe(6)
    for (const one of asked) expect(existsSync(join(project, entries.get(one) ?? 'missing')), one).toBe(true)
  })

  test("nginx's programs are at the paths of its Dockerfile and its service, and are executable", () => {
    const text = readProjectFile('nginx/Dockerfile')
    for (const name of ['entrypoint.sh', 'healthcheck.sh']) {
      expect(text).toMatch(new RegExp(`^COPY --chmod=0755 .*nginx/${name} .*/usr/local/bin/$`, 'm'))
      expect(statSync(join(project, 'nginx', name)).mode & 0o111, name).not.toBe(0)
    }
    expect(text).toContain('ENTRYPOINT ["/usr/local/bin/entrypoint.sh"]')
    expect(requireService('nginx').healthcheck?.test[1]).toBe('/usr/local/bin/healthcheck.sh')
    expect(readProjectFile('nginx/entrypoint.sh')).toContain('/etc/hookswitch/redact.sed')
    expect(text).toContain('COPY nginx/redact.sed /etc/hookswitch/redact.sed')
  })

  test('nginx and Nchan are pinned, as a pair', () => {
    const text = readProjectFile('nginx/Dockerfile')
    // Debian's mirror has no older security update than the last one.
    expect(text).toMatch(/^ARG NGINX_VERSION=1\.22\.1-9\+deb12u\*$/m)
    expect(text).toMatch(/^ARG NCHAN_VERSION=1:1\.3\.6\+dfsg-2\*$/m)
    const packages =
      /"nginx=\$NGINX_VERSION" "nginx-common=\$NGINX_VERSION" "libnginx-mod-nchan=\$NCHAN_VERSION"/
    expect(text).toMatch(packages)
  })

  test('what nginx was rendered to listen on and to open is what its service gives it', () => {
    const text = readProjectFile('nginx/Dockerfile')
    const port = /HOOKSWITCH_PORT=(\d+)/.exec(text)?.[1]
    expect(requireService('nginx').ports[0]).toMatch(new RegExp(`:${port}$`))
    expect(requireService('nginx').healthcheck?.test.at(-1)).toBe(port)
    expect(/--open-files (\d+)/.exec(text)?.[1]).toBe(String(requireService('nginx').ulimits?.nofile))
    const writable = [
      ...requireService('nginx').tmpfs.map((line) => line.split(':')[0]),
      ...volumesOf('nginx')
        .filter(({ mode }) => mode !== 'ro')
        .map(({ path }) => path),
    ]
    expect(writable).toEqual(expect.arrayContaining(['/tmp/nginx', '/var/lib/nginx', '/run/hookswitch']))
    expect(text).toContain('--run /run/hookswitch --temp /tmp/nginx')
  })

  test('the builder is given a short list, and no secret is on it', () => {
    const rules = readProjectFile('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
    expect(rules[0]).toBe('*')
    expect(rules.slice(1).every((rule) => /^![\w.-]+$/.test(rule))).toBe(true)
    const given = rules.slice(1).map((rule) => rule.slice(1))
    expect(readdirSync(project)).toEqual(expect.arrayContaining(given))
    for (const secret of ['.env', 'var', '.git', 'node_modules', 'dist']) expect(given).not.toContain(secret)
  })
})
