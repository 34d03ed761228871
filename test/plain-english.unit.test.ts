import { describe, expect, it } from 'vitest'
import { type Allowed, findings, inDocument, inSource } from './support/plain-english.ts'

/** Rooms that are clean: a denied word there fails. */
const CLEAN: readonly string[] = [
  'api/http/add-route.ts',
  'api/http/app.ts',
  'api/http/body-limit.ts',
  'api/http/client-error.ts',
  'api/http/csv-writer.ts',
  'api/http/entity-tags.ts',
  'api/http/errors.ts',
  'api/http/form-body.ts',
  'api/http/guard.ts',
  'api/http/iso-time.ts',
  'api/http/json-body.ts',
  'api/http/openapi.ts',
  'api/http/operational-routes.ts',
  'api/http/phone-number.ts',
  'api/http/qr-data-uri.ts',
  'api/http/query-params.ts',
  'api/http/docs/',
  'api/http/mikopbx/',
  'api/http/onboarding/',
  'api/http/softphone/',
  'api/http/v1/',
  'api/http/voip/',
  'test/api/http/entity-tags.unit.test.ts',
  'test/api/http/hostile-bodies.unit.test.ts',
  'test/api/http/json-body.unit.test.ts',
  'test/api/http/qr-data-uri.unit.test.ts',
  'test/api/http/query-params.unit.test.ts',
  'test/api/http/referrer-policy.unit.test.ts',
  'test/api/http/request-members.ts',
  'test/api/http/unavailable-app.ts',
  'test/api/http/validation-errors.unit.test.ts',
  'test/api/http/docs/',
  'test/api/http/onboarding/',
  'test/api/http/v1/',
  'test/api/http/voip/',
  'test/system/docs/',
  'test/system/mikopbx/',
  'test/system/onboarding/',
  'test/system/softphone/',
  'test/system/v1/',
  'test/system/voip/',
  'bin/',
  'test/bench/',
  'test/bin/',
  'test/support/',
  'test/system/component-failures.test.ts',
  'test/system/docker.test.ts',
  'test/system/logrotate.test.ts',
  'test/system/postgres.test.ts',
  'test/system/start.test.ts',
  'test/system/start-with-pbx.test.ts',
  'test/system/stress/',
  'test/system/supervisor-reach.test.ts',
  'test/system/two-nodes.test.ts',
  'test/docker.unit.test.ts',
  'vitest.config.ts',
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'docs/architecture.md',
  'docs/asterisk',
  'docs/browsers.md',
  'docs/cli.md',
  'docs/call-center.md',
  'docs/calls.md',
  'docs/decisions',
  'docs/dial-policy.md',
  'docs/gate.md',
  'docs/getting-started',
  'docs/softphone-guide.md',
  'docs/operations.md',
  'docs/security.md',
  'docs/settings.md',
  'docs/surfaces',
  'test/documents',
  'api/asterisk/',
  'api/core/calls/',
  'api/core/dial-policy/',
  'api/core/directory/',
  'api/core/messaging/',
  'api/core/presence/',
  'api/nchan/',
  'api/wiring/ami-client-factory.ts',
  'api/wiring/asterisk.ts',
  'api/wiring/call-jobs.ts',
  'api/wiring/calls.ts',
  'api/wiring/presence.ts',
  'test/api/asterisk/',
  'test/api/core/calls/',
  'test/api/core/dial-policy/',
  'test/api/core/directory/',
  'test/api/core/messaging/',
  'test/api/core/presence/',
  'test/api/nchan/',
  'test/system/asterisk/',
  'test/system/calls/',
]

/** Where a denied word is the right one. */
const ALLOWED: readonly Allowed[] = [
  { file: 'api/http/voip/compat-wire', words: ['dialling'], because: 'a call state on the wire' },
  { file: 'api/http/onboarding/public-url', words: ['says'], because: 'the text of an answer' },
  {
    file: 'test/support/plain-english',
    words: [
      ...'nobody somebody everybody anybody whoever whomever anyone everyone someone whose tell told says say said'.split(
        ' ',
      ),
    ],
    because: 'it holds the list itself',
  },
  { file: 'bin/token/', words: ['forget'], because: 'the command has the option --forget' },
  { file: 'test/support/postgres.ts', words: ['nobody'], because: 'the user `nobody` of the system' },
  { file: 'test/support/build.ts', words: ['nobody'], because: 'the user `nobody` of the system' },
  { file: 'test/system/docker.test.ts', words: ['nobody'], because: 'the user `nobody` of the system' },
  { file: 'api/asterisk/ami-error-to-refusal.ts', words: ['say'], because: 'clients read this detail' },
  { file: 'api/core/calls/leg-selection.ts', words: ['nobody'], because: 'clients read this detail' },
  { file: 'api/core/calls/channel-registry.ts', words: ['dialling'], because: 'a state of /api/v1' },
]

describe('plain English', () => {
  it('finds denied words in names, comments, texts and test titles', () => {
    const source = "// Nobody is told.\nconst tellAll = 'whoever asks'\n"
    expect(inSource('api/x.ts', source).map(({ line, word }) => `${line} ${word}`)).toEqual([
      '2 tell',
      '2 whoever',
      '1 nobody',
      '1 told',
    ])
    const test = "it('says no', () => { expect('it says no').toBe(1) })"
    expect(inSource('test/x.test.ts', test)).toHaveLength(1)
    expect(inDocument('x.md', 'A word that says it.\n```\nsays\n```\nas `says`')).toHaveLength(1)
  })

  it('names no thing by a denied word, and no text for people holds one', () => {
    const files = CLEAN.length === 0 ? [] : undefined
    const found = findings(ALLOWED, files).filter(({ file }) => CLEAN.some((room) => file.startsWith(room)))
    expect(found.map(({ file, line, in: place, word }) => `${file}:${line} ${place} ${word}`)).toEqual([])
  })
})
