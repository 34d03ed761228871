import { expect, test } from 'vitest'
import { scriptedPbx, settings } from './fixtures/scripted-pbx.ts'

test.each([
  ['technology', 'PJSIP/1001'],
  ['dialContext', 'internal,1'],
  ['transferContext', ''],
  ['parkingLot', 'lot\r\nAction: Command'],
  ['parkTimeoutMs', 0],
])('createAsterisk throws for an invalid %s', async (name, value) => {
  await expect(scriptedPbx({ settings: { ...settings, [name]: value } })).rejects.toThrow(name)
})
