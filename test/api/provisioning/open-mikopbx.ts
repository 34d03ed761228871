import { onTestFinished } from 'vitest'
import { createMikopbxProvisioner, type MikopbxNeeds } from '../../../api/provisioning/mikopbx.ts'
import { ADMIN_CREDENTIALS, type FakeMikopbx, startFakeMikopbx } from '../../support/fake-mikopbx.ts'
import { extensionSpec, openLog, shortTimeouts } from './fixtures.ts'

/** A provisioner of a fake MikoPBX; both are closed when the test has ended. */
export async function open(changes: Partial<MikopbxNeeds> = {}, started?: FakeMikopbx) {
  const pbx = started ?? (await startFakeMikopbx())
  const { log, written } = openLog()
  const mikopbx = createMikopbxProvisioner({
    baseUrl: pbx.url,
    ...ADMIN_CREDENTIALS,
    now: () => Date.now(),
    log,
    timeouts: shortTimeouts,
    ...changes,
  })
  onTestFinished(async () => {
    await mikopbx.close()
    await pbx.stop()
  })
  return { pbx, mikopbx, written }
}

/** The result for `extensionSpec`. */
export const provided = { extension: '1001', authUsername: '1001', secret: extensionSpec.secret }
/** An employee that another client has created. */
export const anothers = {
  id: '70',
  number: '1001',
  name: 'Alice Smith',
  email: 'alice@example.com',
  secret: 'of-another-1',
  transport: 'udp',
}
