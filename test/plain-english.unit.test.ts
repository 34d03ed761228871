import { describe, expect, it } from 'vitest'
import { type Allowed, findings, inDocument, inSource } from './support/plain-english.ts'

/** Rooms that are clean: a denied word there fails. */
const CLEAN: readonly string[] = [
  ...['agents/', 'calls/', 'campaigns/', 'stats/', 'webhooks/'].flatMap((room) => [
    `api/core/call-center/${room}`,
    `test/api/core/call-center/${room}`,
  ]),
  'api/store/sql/call-center/',
  'api/store/sql/chunks.ts',
  'api/store/sql/tables-call-center.ts',
  'api/wiring/call-center/',
  'test/api/store/sql/call-center/',
  'api/core/call-center/ai/',
  'api/core/call-center/leads/',
  'api/core/provisioning/',
  'api/core/registration/',
  'api/mail/',
  'api/provisioning/',
  'api/store/sql/calls/',
  'api/store/sql/presence/',
  'api/store/sql/provisioning/',
  'api/store/sql/registration/',
  'api/wiring/provisioning.ts',
  'bin/',
  'test/api/core/call-center/ai/',
  'test/api/core/call-center/leads/',
  'test/api/core/provisioning/',
  'test/api/core/registration/',
  'test/api/mail/',
  'test/api/provisioning/',
  'test/api/store/sql/calls/',
  'test/api/store/sql/presence/',
  'test/api/store/sql/provisioning/',
  'test/api/store/sql/registration/',
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
  'contract/',
  'runtime/',
  'sidecar/',
  'relay/',
  'nginx/',
  'test/contract/',
  'test/runtime/',
  'test/sidecar/',
  'test/relay/',
  'test/system/nginx/',
  'test/system/streams/',
  'test/system/security/',
]

/** Where a denied word is the right one. */
const ALLOWED: readonly Allowed[] = [
  {
    file: 'test/support/plain-english',
    words: [
      ...'nobody somebody everybody anybody whoever whomever anyone everyone someone whose tell told says say said'.split(
        ' ',
      ),
    ],
    because: 'it holds the list itself',
  },
  ...[
    'api/core/call-center/calls/agent-call-status.ts',
    'api/core/call-center/campaigns/',
    'api/store/sql/call-center/',
    'test/api/core/call-center/campaigns/',
    'test/api/store/sql/call-center/',
  ].map((file) => ({
    file,
    words: ['dialling'],
    because: 'a state of calls and leads, and columns of `leads`',
  })),
  {
    file: 'api/store/sql/tables-call-center.ts',
    words: ['desk', 'dialling', 'faults', 'loans'],
    because: 'names of tables and columns',
  },
  ...[
    { file: 'api/core/call-center/agents/agents.ts', words: ['nobody'] },
    { file: 'api/core/call-center/campaigns/automation-status.ts', words: ['says', 'whose'] },
    { file: 'api/core/call-center/campaigns/campaign-lifecycle.ts', words: ['somebody'] },
  ].map((text) => ({ ...text, because: 'texts that clients receive' })),
  {
    file: 'api/core/provisioning/webrtc-credentials.ts',
    words: ['somebody'],
    because: 'an error detail that clients receive',
  },
  {
    file: 'api/core/registration/username.ts',
    words: ['somebody'],
    because: 'an error detail that clients receive',
  },
  { file: 'bin/token/', words: ['forget'], because: 'the command has the option --forget' },
  { file: 'test/support/postgres.ts', words: ['nobody'], because: 'the user `nobody` of the system' },
  { file: 'test/support/build.ts', words: ['nobody'], because: 'the user `nobody` of the system' },
  { file: 'test/system/docker.test.ts', words: ['nobody'], because: 'the user `nobody` of the system' },
  { file: 'api/asterisk/ami-error-to-refusal.ts', words: ['say'], because: 'clients read this detail' },
  { file: 'api/core/calls/leg-selection.ts', words: ['nobody'], because: 'clients read this detail' },
  { file: 'api/core/calls/channel-registry.ts', words: ['dialling'], because: 'a state of /api/v1' },
  { file: 'contract/verdict', words: ['judge'], because: '`cannot_judge` is a label of a metric' },
  { file: 'sidecar/gate.ts', words: ['judge'], because: '`cannot_judge` is a label of a metric' },
  { file: 'sidecar/operations-app.ts', words: ['trouble'], because: 'it is a member of /ready' },
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
