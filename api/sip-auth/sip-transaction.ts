import { parseSipResponse, type SipResponse } from './sip-response.ts'
import type { SipSocket } from './sip-socket.ts'

/** RFC 3261 §17.1.1.1, in ms: the estimated round trip, and the longest interval between two sendings. */
const T1 = 500
const T2 = 4_000

/** What a response repeats of its request. */
export interface TransactionKey {
  branch: string
  callId: string
  cseq: string
}

/**
 * A client transaction of a request that is no INVITE (RFC 3261 §17.1.2). Over UDP it repeats the request (timer E).
 * The signal stands for timer F: 64 T1 would be longer than a person waits.
 *
 * @returns the final response; others, and those of earlier requests, are ignored
 * @throws {Error} when the socket fails; the reason of the signal
 */
export function runTransaction(
  socket: SipSocket,
  request: Buffer,
  key: TransactionKey,
  signal: AbortSignal,
): Promise<SipResponse> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined
    let interval = T1
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
    }
    const fail = (err: unknown) => {
      end()
      reject(err)
    }
    const onAbort = () => fail(signal.reason)
    const scheduleRepetition = () => {
      timer = setTimeout(() => {
        socket.send(request)
        interval = Math.min(interval * 2, T2)
        scheduleRepetition()
      }, interval)
    }

    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort)
    socket.listen({
      onMessage(bytes) {
        const response = parseSipResponse(bytes)
        if (response === undefined || !belongsTo(response, key)) return
        if (response.status < 200) {
          // The server has the request, and works on it.
          interval = T2
          return
        }
        end()
        resolve(response)
      },
      onError: fail,
    })
    socket.send(request)
    if (!socket.isReliable) scheduleRepetition()
  })
}

const belongsTo = (response: SipResponse, key: TransactionKey): boolean =>
  response.branch === key.branch && response.callId === key.callId && response.cseq === key.cseq
