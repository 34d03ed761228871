import { Writable } from 'node:stream'
import fc from 'fast-check'
import { createLog } from '../../../runtime/log.ts'
import type { FaultKind } from '../../support/faulty-http.ts'

/** Valid in every member. */
export const extensionSpec = {
  extension: '1001',
  secret: 'Vq7-proposed-Secret-42',
  displayName: 'Alice Smith',
  email: 'alice@example.com',
  ownershipTag: 'R7hSx1aVq0',
}

/** The browsers' endpoints of a test's Asterisk. */
export const web = { template: '{extension}-web', context: 'hookswitch-web' }

/** So short that a test can wait for each timeout. */
export const shortTimeouts = { requestMs: 700, callMs: 20_000, pauseMs: 5 }

/** A log and its lines. */
export function openLog() {
  const lines: string[] = []
  const to = new Writable({
    write(chunk, _, done) {
      lines.push(String(chunk))
      done()
    },
  })
  return { log: createLog('test', 'debug', to), written: () => lines.join('') }
}

const KINDS: FaultKind[] = [
  'silent before',
  'silent after',
  'reset before',
  'reset after',
  '500 before',
  '500 after',
  'html',
  'lie',
  'expired',
]

/** Up to six faults, at any of these operations. */
export const faultsOn = (operations: readonly string[]) =>
  fc.array(fc.record({ on: fc.constantFrom(...operations), kind: fc.constantFrom(...KINDS) }), {
    maxLength: 6,
  })
