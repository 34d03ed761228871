import { describe, expect, onTestFinished, test } from 'vitest'
import { createFreepbxSource } from '../../../api/provisioning/freepbx-people.ts'
import { createMikopbxSource } from '../../../api/provisioning/mikopbx-people.ts'
import { OAUTH_CLIENT, startFakeFreepbx } from '../../support/fake-freepbx.ts'
import { ADMIN_CREDENTIALS, startFakeMikopbx } from '../../support/fake-mikopbx.ts'

const now = () => Date.now()

describe('people of FreePBX', () => {
  async function open(changes: object = {}) {
    const pbx = await startFakeFreepbx()
    onTestFinished(() => pbx.stop())
    const add = (number: string, name: string) =>
      pbx.extensions.set(number, { name, email: '', secret: `secret-${number}`, isApplied: true })
    add('1001', 'Anna Schmidt')
    add('1002', 'Bert #9f86d081')
    return { pbx, source: createFreepbxSource({ baseUrl: pbx.url, ...OAUTH_CLIENT, ...changes }, now) }
  }

  test('are its extensions, without the mark of those that were made from here', async () => {
    const { source } = await open()
    expect(await source.fetch()).toEqual({
      people: [
        { sourceId: '1001', extension: '1001', name: 'Anna Schmidt', email: null },
        { sourceId: '1002', extension: '1002', name: 'Bert', email: null },
      ],
      lineErrors: [],
    })
  })

  test.each([
    ['it counts more than it lists', async ({ pbx }) => void Object.assign(pbx, { unlisted: 1 })],
    ['it lists none', async ({ pbx }) => pbx.extensions.clear()],
    ['it is away', async ({ pbx }) => pbx.stop()],
  ] satisfies [string, (opened: Awaited<ReturnType<typeof open>>) => Promise<void>][])(
    'are unavailable if %s',
    async (_, spoil) => {
      const opened = await open()
      await spoil(opened)
      await expect(opened.source.fetch()).rejects.toMatchObject({ code: 'unavailable' })
    },
  )

  test('are refused with a wrong secret, which no error repeats', async () => {
    const { source } = await open({ clientSecret: 'wrong-secret' })
    const refusal = await source.fetch().catch((err) => err)
    expect(refusal).toMatchObject({ code: 'conflict' })
    expect(JSON.stringify([refusal.message, refusal.detail])).not.toContain('wrong-secret')
  })
})

describe('people of MikoPBX', () => {
  async function open(changes: object = {}, count = 2) {
    const pbx = await startFakeMikopbx()
    onTestFinished(() => pbx.stop())
    for (let at = 1; at <= count; at += 1) {
      const [id, number] = [String(at), String(2000 + at)]
      pbx.employees.set(id, {
        ...{ id, number, name: `Person ${at}`, email: '', secret: 'x', transport: 'udp' },
        disabled: at === 2,
      })
    }
    return { pbx, source: createMikopbxSource({ baseUrl: pbx.url, ...ADMIN_CREDENTIALS, ...changes }, now) }
  }

  test('are its employees, by their ids', async () => {
    const { pbx, source } = await open()
    pbx.employees.set('9', { id: '9', number: '', name: 'web', email: '', secret: '', transport: '' })
    expect((await source.fetch()).people).toEqual([
      { sourceId: '1', extension: '2001', name: 'Person 1', email: '', disabled: false },
      { sourceId: '2', extension: '2002', name: 'Person 2', email: '', disabled: true },
    ])
  })

  test('are read page by page', async () => {
    const { source } = await open({}, 1_203)
    const { people } = await source.fetch()
    expect(new Set(people.map(({ sourceId }) => sourceId)).size).toBe(1_203)
  })

  test('are unavailable if it counts more than it lists', async () => {
    const { pbx, source } = await open()
    pbx.unlisted = 1
    await expect(source.fetch()).rejects.toMatchObject({ code: 'unavailable' })
  })

  test('are refused with a wrong password', async () => {
    const { source } = await open({ password: 'wrong' })
    await expect(source.fetch()).rejects.toMatchObject({ code: 'conflict' })
  })
})
