import { expect, it } from 'vitest'
import { missingEndpoints } from '../../../bin/stack/pbx-process-specs.ts'

const LOG = '/data/log/api.log'

it('names the log of the api if nothing else is known', () => {
  expect(missingEndpoints('{"event":"pbx_lost"}', LOG, 5038)).toMatch(/see its log \/data\/log\/api\.log$/)
})

it('names the other PBX and the setting if the login was refused', () => {
  const text = missingEndpoints('{"detail":"Authentication failed"}', LOG, 5099)
  expect(text).toContain('another PBX answers there')
  expect(text).toContain('port 5099')
  expect(text).toContain('HOOKSWITCH_PBX_AMI_PORT')
  expect(text).toContain(LOG)
})
