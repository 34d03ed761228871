import { onTestFinished } from 'vitest'
import { createRegisterVerifier, type UnexpectedAnswer } from '../../../api/sip-auth/register-verifier.ts'
import {
  type FakeRegistrarOptions,
  REALM,
  type ReceivedRegister,
  startFakeRegistrar,
} from '../../support/fake-registrar.ts'

/** A verifier of a fake registrar, which is closed when the test has ended. */
export async function open(options: FakeRegistrarOptions & { timeoutMs?: number; ca?: string } = {}) {
  const registrar = await startFakeRegistrar(options)
  onTestFinished(registrar.stop)
  const unexpected: UnexpectedAnswer[] = []
  const { transport = 'udp', ca, timeoutMs } = options
  const verifier = createRegisterVerifier({
    server: { host: '127.0.0.1', port: registrar.port, transport, ca },
    domain: 'pbx.example',
    usernameOf: (extension) => extension,
    onUnexpected: (one) => unexpected.push(one),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  })
  return { registrar, unexpected, matches: (secret: string) => verifier.matches('1001', secret) }
}

/** Without credentials. */
export const isFirst = ({ text }: ReceivedRegister) => !/^(proxy-)?authorization:/im.test(text)
/** A challenge with MD5 and without `qop`, unless `more` has them. */
export const basic = (nonce: string, more = '') =>
  `WWW-Authenticate: Digest realm="${REALM}", nonce="${nonce}"${more}`
