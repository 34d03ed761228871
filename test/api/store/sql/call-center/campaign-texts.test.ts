import { describe, expect, test } from 'vitest'
import { createCampaignTextStore } from '../../../../../api/store/sql/call-center/campaign-texts.ts'
import { addCampaign, now } from '../../../../support/fixtures/campaign-rows.ts'
import { onBothEngines } from '../engines.ts'

const stale = expect.objectContaining({ code: 'stale' })

describe('texts of campaigns', () => {
  onBothEngines((engine) => {
    test('have versions of their own; a write with another version changes nothing', async () => {
      const db = await engine.tables()
      const [first, second] = [await addCampaign(db), await addCampaign(db)]
      const texts = createCampaignTextStore(db)
      const put = (body: string, version?: number) => texts.put(first, { kind: 'script', body, version, now })
      expect(await texts.find(first, 'script')).toBeUndefined()
      await expect(put('never', 2)).rejects.toThrow(stale)
      expect(await texts.find(first, 'script')).toBeUndefined()
      expect(await put('one', 1)).toBe(2)
      await expect(put('one more', 1)).rejects.toThrow(stale)
      expect(await put('two', 2)).toBe(3)
      expect(await put('three')).toBe(4)
      expect(await texts.find(first, 'script')).toEqual({ body: 'three', version: 4 })
      expect(await texts.find(second, 'script')).toBeUndefined()
      expect(await texts.find(first, 'dispositions')).toBeUndefined()
    })
  })
})
