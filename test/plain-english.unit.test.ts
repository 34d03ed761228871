import { describe, expect, it } from 'vitest'
import { type Allowed, findings, inDocument, inSource } from './support/plain-english.ts'

/** Where a denied word is the right one. */
const ALLOWED: readonly Allowed[] = [
  {
    file: 'console/api/schema.d.ts',
    words: ['dialled', 'dialling', 'wish'],
    because: 'names of the OpenAPI document',
  },
  { file: 'console/components/calls/messages', words: ['dialling'], because: 'a call state of /api/v1' },
  {
    file: 'console/screens/leads/lead/messages',
    words: ['dialling'],
    because: 'a state of leads on the wire',
  },
  { file: 'api/http/voip/compat-wire', words: ['dialling'], because: 'a call state on the wire' },
  { file: 'api/http/onboarding/public-url', words: ['says'], because: 'the text of an answer' },
  ...[
    'api/core/call-center/calls/agent-call-status.ts',
    'api/core/call-center/campaigns/',
    'api/store/sql/call-center/',
  ].map((file) => ({
    file,
    words: ['dialling'],
    because: 'a state of calls and leads, and columns of `leads`',
  })),
  {
    file: 'api/store/sql/tables-leads.ts',
    words: ['dialling', 'faults'],
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
  { file: 'api/http/v1/campaign-wire.ts', words: ['dialling'], because: 'a state of leads in the core' },
  {
    file: 'api/http/crm/campaign-automation-wire.ts',
    words: ['dialling'],
    because: 'a member of an answer has this name',
  },
  { file: 'api/http/crm/agent-routes.ts', words: ['tells'], because: 'the text of an answer' },
  { file: 'api/http/crm/campaign-wire.ts', words: ['nobody'], because: 'the text of an answer' },
  { file: 'api/http/crm/errors.ts', words: ['somebody'], because: 'the text of an answer' },
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

  it('holds in every file: no name is a denied word, and no text for people holds one', () => {
    const found = findings(ALLOWED)
    expect(found.map(({ file, line, in: place, word }) => `${file}:${line} ${place} ${word}`)).toEqual([])
  })

  it('needs every exception', () => {
    const all = findings([])
    const isNeeded = (file: string, word: string) =>
      all.some((one) => one.file.startsWith(file) && one.word === word)
    const unneeded = ALLOWED.flatMap(({ file, words }) =>
      words.filter((word) => !isNeeded(file, word)).map((word) => `${file} ${word}`),
    )
    expect(unneeded).toEqual([])
  })
})
