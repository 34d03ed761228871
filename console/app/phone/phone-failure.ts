import { ApiError } from '../../api/client.ts'

/** A refusal of the phone itself; `code` is a `PhoneErrorCode`. What the API refused is an `ApiError`. */
export class PhoneFailure extends Error {
  readonly code: string
  constructor(code: string) {
    super(code)
    this.code = code
  }
}

/** A failure as it goes from tab to tab. */
export interface SentFailure {
  code: string
  api?: Pick<ApiError, 'status' | 'detail' | 'retryAfterMs'>
}

export function toSent(err: unknown): SentFailure {
  if (err instanceof ApiError) {
    const { code, status, detail, retryAfterMs } = err
    return { code, api: { status, detail, retryAfterMs } }
  }
  return { code: (err as { code?: string }).code ?? 'failed' }
}

export const fromSent = ({ code, api }: SentFailure): PhoneFailure | ApiError =>
  api === undefined ? new PhoneFailure(code) : new ApiError(api.status, code, api.detail, api.retryAfterMs)
