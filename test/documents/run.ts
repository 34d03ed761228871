/** `commands.test.ts` runs the unmarked `sh` blocks of these documents, in order, in one shell for each document. */
export const RUN: readonly string[] = [
  'README.md',
  'docs/call-center.md',
  'docs/surfaces/mikopbx.md',
  'docs/surfaces/onboarding.md',
]

/** Commands that start what the documents are run against, and the test that starts it so. */
export const STARTED_BY: ReadonlyMap<string, string> = new Map([
  ['npm start', 'test/system/start.test.ts'],
  ['npm start -- --demo', 'test/system/start.test.ts'],
  ['npm start -- --demo --pbx', 'test/documents/commands.test.ts'],
  ['npm test', '.ci/run'],
])
