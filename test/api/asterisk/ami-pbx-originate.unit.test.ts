import { describe, expect, test } from 'vitest'
import { online, order, silence } from './fixtures/open-ami-pbx.ts'
import { until } from './fixtures/until.ts'

describe('an Originate', () => {
  test('is unconfirmed and not sent again when the connection breaks', async () => {
    const { pbx, session, actionsNamed, published } = await online({ answers: { Originate: silence } })
    const placing = pbx.dial(order).catch((err) => err)
    await until(() => actionsNamed('Originate').length)
    session('control').socket.destroy()
    expect(await placing).toMatchObject({ name: 'Refusal', code: 'unconfirmed' })
    await until(() => published.includes('snapshot e2'))
    await expect(pbx.dial(order)).rejects.toMatchObject({ code: 'conflict' })
    expect(actionsNamed('Originate')).toHaveLength(1)
  })

  test('is unconfirmed when the response is too late', async () => {
    const { pbx, actionsNamed } = await online({
      times: { actionTimeoutMs: 400 },
      answers: { Originate: silence },
    })
    await expect(pbx.dial(order)).rejects.toMatchObject({ code: 'unconfirmed' })
    await expect(pbx.dial(order)).rejects.toMatchObject({ code: 'conflict' })
    expect(actionsNamed('Originate')).toHaveLength(1)
  })

  test('may be sent later if it was never sent', async () => {
    const { pbx, session, actionsNamed, published } = await online({ times: { retryMinMs: 100 } })
    session('control').socket.destroy()
    await until(() => published.includes('offline'))
    await expect(pbx.dial(order)).rejects.toMatchObject({ code: 'unavailable' })
    await until(() => pbx.state().online)
    await pbx.dial(order)
    expect(actionsNamed('Originate')).toHaveLength(1)
  })

  test('is sent once for two simultaneous requests with one id', async () => {
    const { pbx, actionsNamed } = await online()
    const outcomes = await Promise.allSettled([pbx.dial(order), pbx.dial(order)])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(actionsNamed('Originate')).toHaveLength(1)
  })
})
