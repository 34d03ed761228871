import { randomBytes } from 'node:crypto'
import { type AmiClient, createAmiClient } from '../../../api/asterisk/ami-client.ts'
import { createAmiSocketFactory } from '../../../api/asterisk/ami-socket.ts'
import { startTimer } from '../../../api/asterisk/timer.ts'
import type { AsteriskServer } from '../asterisk.ts'
import { waitUntil } from '../stack.ts'

/** Places calls as the API does: the browser is rung alone, with the id of the call in its INVITE. */
export interface AmiCalls {
  /** @param caller as Asterisk writes a caller: `"name" <number>` @returns the id */
  place(extension: string, number: string, id?: string, caller?: string): Promise<{ id: string }>
  close(): Promise<void>
}

export async function connectAmiCalls(
  asterisk: Pick<AsteriskServer, 'amiPort' | 'users'>,
): Promise<AmiCalls> {
  const { username, secret } = asterisk.users.control
  const ami: AmiClient = createAmiClient({
    connect: createAmiSocketFactory({ host: '127.0.0.1', port: asterisk.amiPort }),
    login: { username, secret, events: 'off', waitForBoot: false },
    instance: 'test',
    nonce: () => randomBytes(8).toString('hex'),
    random: Math.random,
    startTimer,
    onError: () => {},
  })
  ami.open()
  await waitUntil('AMI is up', () => ami.state().phase === 'up')
  return {
    async place(
      extension,
      number,
      id = `hk_${randomBytes(8).toString('hex')}`,
      caller = `"${number}" <${number}>`,
    ) {
      await ami.action({
        Action: 'Originate',
        Channel: `PJSIP/${extension}-web`,
        Context: 'internal',
        Exten: number,
        Priority: 1,
        CallerID: caller,
        Timeout: 20_000,
        Async: true,
        Variable: `PJSIP_HEADER(add,X-Hookswitch-Call)=${id}`,
      })
      return { id }
    },
    close: () => ami.close(),
  }
}
