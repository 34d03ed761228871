import { onTestFinished } from 'vitest'
import { createFreepbxProvisioner, type FreepbxNeeds } from '../../../api/provisioning/freepbx.ts'
import { type FakeFreepbx, OAUTH_CLIENT, startFakeFreepbx } from '../../support/fake-freepbx.ts'
import { openLog, shortTimeouts } from './fixtures.ts'

/** A provisioner of a fake FreePBX; both are closed when the test has ended. */
export async function open(changes: Partial<FreepbxNeeds> = {}, started?: FakeFreepbx) {
  const pbx = started ?? (await startFakeFreepbx())
  const { log, written } = openLog()
  const freepbx = createFreepbxProvisioner({
    baseUrl: pbx.url,
    ...OAUTH_CLIENT,
    now: () => Date.now(),
    log,
    timeouts: { ...shortTimeouts, pollMs: 5, reloadMs: 2_000, gatherMs: 2_000 },
    ...changes,
  })
  onTestFinished(async () => {
    await freepbx.close()
    await pbx.stop()
  })
  return { pbx, freepbx, written }
}

/** An extension that another client has created. */
export const another = {
  name: 'Alice Smith',
  email: 'alice@example.com',
  secret: 'of-another',
  isApplied: true,
}
