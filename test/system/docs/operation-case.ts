import type { DocumentedAnswer, sendRequest } from './openapi-client.ts'

/** Sends a request to the operation of the case; the path is relative to the stack's URL. */
export type SendToOperation = (
  path: string,
  about?: {
    token?: string | undefined
    json?: unknown
    /** A body of CSV. */
    text?: string
    headers?: Record<string, string>
    by?: typeof sendRequest
  },
) => Promise<DocumentedAnswer>
/** A request, and the statuses that it may be answered with. */
export interface OperationCase {
  statuses: readonly number[]
  run(send: SendToOperation): Promise<DocumentedAnswer>
}
