import { createSocket } from 'node:dgram'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { responseTo } from '../../support/fake-registrar.ts'
import { basic, isFirst, open } from './open-verifier.ts'

describe('over UDP', () => {
  it('repeats a request that is lost, and asks no second time once it is answered', async () => {
    const { matches, registrar } = await open()
    const { answer } = registrar
    registrar.answer = (register, reply, socket) => {
      const copies = registrar.received.filter(({ branch }) => branch === register.branch)
      if (copies.length === 2) answer(register, reply, socket)
    }
    expect(await matches('right')).toBe(true)
    expect(registrar.received).toHaveLength(4)
    expect(new Set(registrar.received.map(({ text }) => text)).size).toBe(2)
  })

  it('takes no late, doubled or foreign response for the one it waits for', async () => {
    const { matches, registrar } = await open()
    const { answer } = registrar
    const changes = [
      { 'Call-ID': 'another' },
      { CSeq: '9 REGISTER' },
      { CSeq: '1 OPTIONS' },
      { Via: 'SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKother' },
    ]
    const first: string[] = []
    registrar.answer = (register, reply, socket) => {
      for (const change of changes) reply(responseTo(register, '200 OK', [], change))
      // The response to the first request comes again, in place of the one to the second.
      for (const text of first) reply(text)
      answer(register, (text) => [first.push(String(text)), reply(text), reply(text)], socket)
    }
    expect([await matches('wrong'), await matches('right')]).toEqual([false, true])
  })

  it('takes no response of another sender', async () => {
    const { matches, registrar } = await open({ timeoutMs: 700 })
    const other = createSocket('udp4')
    onTestFinished(() => void other.close())
    const { answer } = registrar
    registrar.answer = (register, reply, socket) => {
      const port = Number(/127\.0\.0\.1:(\d+)/.exec(register.header('Via'))?.[1])
      if (isFirst(register)) return answer(register, reply, socket)
      other.send(responseTo(register, '200 OK'), port, '127.0.0.1')
    }
    await expect(matches('wrong')).rejects.toThrow('did not answer')
    expect(registrar.guesses().length).toBeGreaterThan(0)
  })

  it('waits for the final response', async () => {
    const { matches, registrar } = await open()
    const { answer } = registrar
    registrar.answer = async (register, reply, socket) => {
      reply(responseTo(register, '100 Trying'))
      await sleep(20)
      answer(register, reply, socket)
    }
    expect(await matches('right')).toBe(true)
  })
})

describe('over TCP', () => {
  it('cannot decide once the server has closed its half, or the connection', async () => {
    const { matches, registrar } = await open({ transport: 'tcp' })
    for (const close of ['end', 'destroy'] as const) {
      registrar.answer = (register, reply, socket) => {
        if (isFirst(register)) reply(responseTo(register, '401 No', [basic('n')]))
        socket?.[close]()
      }
      await expect(matches('right')).rejects.toThrow('did not answer')
    }
  })

  it('reads a response that arrives in pieces, between line breaks', async () => {
    const { matches, registrar } = await open({ transport: 'tcp' })
    const { answer } = registrar
    registrar.answer = (register, reply, socket) =>
      answer(
        register,
        async (text) => {
          for (const piece of ['\r\n', ...String(text).split(/(?<=:)/)]) {
            reply(piece)
            await sleep(1)
          }
        },
        socket,
      )
    expect([await matches('right'), await matches('wrong')]).toEqual([true, false])
  })

  it('repeats nothing', async () => {
    const { matches, registrar } = await open({ transport: 'tcp', timeoutMs: 1_300 })
    registrar.answer = () => {}
    await expect(matches('right')).rejects.toThrow('did not answer')
    expect(registrar.received).toHaveLength(1)
  })
})
