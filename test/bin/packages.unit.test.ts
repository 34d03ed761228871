import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { loadDotEnv } from '../../bin/environment.mjs'
import { explainFailure } from '../../bin/packages.mjs'
import { commonSettings } from '../../contract/common-settings.ts'

const project = join(import.meta.dirname, '..', '..')

describe('a failed install names its cause', () => {
  test.each([
    [
      'a package that asks for a newer npm',
      'npm ERR! code EBADENGINE\nnpm ERR! engine Not compatible with your version of node/npm: x@1',
      /too old/,
    ],
    [
      'no network',
      'npm error code ENOTFOUND\nnpm error network request to https://r/ failed',
      /cannot be reached/,
    ],
    ['no answer', 'npm error code ETIMEDOUT', /cannot be reached/],
    ['no route', 'npm error code EAI_AGAIN', /cannot be reached/],
    ['a full disk', 'npm error code ENOSPC\nnpm error nospc', /disk is full/],
    ['a folder of another user', 'npm ERR! code EACCES', /may not write/],
    ['a package that was changed', 'npm error code EINTEGRITY', /package-lock/],
    ['a registry that refuses', 'npm error code E401', /refuses access/],
    ['a registry without the package', 'npm error code E404', /does not have/],
    ['a certificate', 'npm error code SELF_SIGNED_CERT_IN_CHAIN', /certificate/],
    ['no npm', 'Error: spawn npm ENOENT', /no npm on the PATH/],
    [
      'a build',
      'npm warn EBADENGINE x\nnpm error code 1\nnpm error gyp ERR! build error',
      /could not be built/,
    ],
    ['anything else', 'npm warn EBADENGINE x\nnpm error code EWEIRD', /^see the output of npm above$/],
    ['nothing output', '', /^see the output of npm above$/],
  ])('%s', (_, output, cause) => {
    expect(explainFailure(output)).toMatch(cause)
    if (!cause.source.includes('reached')) expect(explainFailure(output)).not.toMatch(/reach/)
  })
})

describe('the data folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'env-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  afterEach(() => vi.unstubAllEnvs())

  test('is the checkout’s where no setting names one, from whatever folder a command is run', () => {
    expect(commonSettings.HOOKSWITCH_DATA.parse(undefined)).toBe(join(project, 'var'))
  })

  test('that a .env names by a relative path lies beside it; what the environment names is left as it is', () => {
    writeFileSync(
      join(folder, '.env'),
      'HOOKSWITCH_DATA=data\nHOOKSWITCH_MEDIA_ROOT=./media\nHOOKSWITCH_DIAL_POLICY=../policy.json\nHOOKSWITCH_HOST=0.0.0.0\n',
    )
    for (const name of ['HOOKSWITCH_DATA', 'HOOKSWITCH_DIAL_POLICY', 'HOOKSWITCH_HOST'])
      vi.stubEnv(name, undefined)
    vi.stubEnv('HOOKSWITCH_MEDIA_ROOT', 'here')
    loadDotEnv(folder)
    expect(process.env).toMatchObject({
      HOOKSWITCH_DATA: join(folder, 'data'),
      HOOKSWITCH_MEDIA_ROOT: 'here',
      HOOKSWITCH_DIAL_POLICY: join(folder, '..', 'policy.json'),
      HOOKSWITCH_HOST: '0.0.0.0',
    })
  })
})
