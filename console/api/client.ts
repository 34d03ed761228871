import createClient, { type Middleware } from 'openapi-fetch'
import type { components, paths } from './schema.d.ts'

/** A body or member of the API, by its name in the OpenAPI document. */
export type Wire<Name extends keyof components['schemas']> = components['schemas'][Name]

/** A refused or failed request. `status` 0: no answer. */
export class ApiError extends Error {
  readonly status: number
  /** The `code` of a problem (RFC 9457). */
  readonly code: string
  readonly detail: string | undefined
  readonly retryAfterMs: number | undefined
  constructor(status: number, code: string, detail: string | undefined, retryAfterMs?: number) {
    super(`${status} ${code}`)
    this.status = status
    this.code = code
    this.detail = detail
    this.retryAfterMs = retryAfterMs
  }
  /** Whether the same request may succeed later. */
  get isTemporary(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504
  }
}

interface TokenSource {
  getToken(): Promise<string>
  replaceToken(refused: string): Promise<string>
}

export type Api = ReturnType<typeof createApi>

/** Typed requests with the session’s token. After a 401 each request is sent once more, with another token. */
export function createApi(tokens: TokenSource) {
  const client = createClient<paths>({
    async fetch(request) {
      const again = request.clone()
      const token = await tokens.getToken()
      request.headers.set('Authorization', `Bearer ${token}`)
      const response = await send(request)
      if (response.status !== 401) return response
      again.headers.set('Authorization', `Bearer ${await tokens.replaceToken(token)}`)
      return send(again)
    },
  })
  client.use(throwErrors)
  return client
}

/** Typed requests without a session: for what a person does before they sign in. */
export function createPublicApi() {
  const client = createClient<paths>({ fetch: send })
  client.use(throwErrors)
  return client
}

const send = (request: Request) =>
  fetch(request).catch((err: unknown) => {
    if (request.signal.aborted) throw err
    throw new ApiError(0, 'no_answer', undefined)
  })

const throwErrors: Middleware = {
  async onResponse({ response }) {
    if (response.ok) return
    throw await toApiError(response)
  },
}

async function toApiError(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>
  const seconds = Number(response.headers.get('retry-after'))
  // The surfaces that are not ours have other members for the same.
  const detail = [body.detail, body.error, body.message].find((text) => typeof text === 'string')
  return new ApiError(
    response.status,
    typeof body.code === 'string' ? body.code : String(response.status),
    detail,
    seconds > 0 ? seconds * 1000 : undefined,
  )
}

/** The body of a successful answer; refusals were thrown before. */
export async function dataOf<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T // a 2xx without a body has `undefined` as its type
}
