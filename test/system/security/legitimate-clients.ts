import { publish, type SessionTokens, type SseSubscription, subscribeSse } from '../../support/http-client.ts'
import { type Stack, waitUntil } from '../../support/stack.ts'

export interface LegitimateUser {
  session: SessionTokens
  /** The session's id, from the token. */
  sid: string
  extension: string
  /** An admin may read every file. */
  isAdmin: boolean
}

export interface LegitimateClients {
  /** Wrong answers, and failed requests. */
  wrongResponses: string[]
  /** How long each request took, in ms, since the last call. */
  drainTimings(): number[]
  /** Waits until the streams have seen the last publication, and closes them. */
  stop(): Promise<void>
  /** The messages that each stream has received. */
  followers: readonly SseSubscription[]
  /** The numbers that the API assigned to the messages. */
  published: readonly number[]
}

/**
 * Users who repeatedly request what they may read, and what they may not; each subscribes to a stream, to which a service
 * of this machine publishes.
 *
 * @param contents the text of each extension's `hello.wav`
 */
export function startLegitimateClients(
  stack: Stack,
  people: readonly LegitimateUser[],
  contents: Readonly<Record<string, string>>,
): LegitimateClients {
  const wrongResponses: string[] = []
  let times: number[] = []
  let isOver = false
  const followers = people.map(({ session }) => subscribeSse(stack, session.access))
  const published: number[] = []

  async function expectAnswer(what: string, path: string, token: string | undefined, fits: Fits) {
    const begun = performance.now()
    try {
      const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` }
      const res = await fetch(stack.url + path, { headers })
      const text = await res.text()
      if (!fits(res.status, text)) wrongResponses.push(`${what}: ${res.status} ${text.slice(0, 60)}`)
    } catch (err) {
      wrongResponses.push(`${what}: ${err instanceof Error ? `${err.message} (${err.cause})` : err}`)
    }
    times.push(performance.now() - begun)
  }

  async function runClient(person: LegitimateUser, neighbour: LegitimateUser) {
    const { extension, isAdmin, sid } = person
    const token = person.session.access
    const own = `/media/${extension}/hello.wav`
    const foreign = `/media/${neighbour.extension}/hello.wav`
    const others = people.filter((one) => one !== person)
    while (!isOver) {
      await expectAnswer(
        `${extension}, own file`,
        own,
        token,
        (status, text) => status === 200 && text === contents[extension],
      )
      await expectAnswer(`${extension}, another's file`, foreign, token, (status, text) =>
        isAdmin ? status === 200 && text === contents[neighbour.extension] : status === 403,
      )
      await expectAnswer(`${extension}, no token`, own, undefined, (status) => status === 401)
      await expectAnswer(
        `${extension}, sessions`,
        '/api/v1/sessions',
        token,
        (status, text) =>
          status === 200 && text.includes(sid) && others.every((other) => !text.includes(other.sid)),
      )
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  async function publishRepeatedly() {
    for (let n = 0; !isOver; n += 1) {
      try {
        const { status, body } = await publish(stack, {
          states: { 1001: { state: 'Idle', name: `said-${n}` } },
        })
        if (status === 201 || status === 202) published.push(Number(body.seq))
        else wrongResponses.push(`publication: ${status}`)
      } catch (err) {
        wrongResponses.push(`publication: ${err}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  const lives = people.map((person, n) => runClient(person, people[(n + 1) % people.length] ?? person))
  const publishing = publishRepeatedly()
  return {
    wrongResponses,
    drainTimings() {
      const taken = times
      times = []
      return taken
    },
    async stop() {
      isOver = true
      await Promise.all([...lives, publishing])
      const last = published.at(-1)
      try {
        await waitUntil(
          'all streams have seen the last publication',
          () => followers.every(({ messages }) => messages.at(-1)?.seq === last),
          5_000,
        )
      } catch (err) {
        wrongResponses.push(String(err))
      }
    },
    followers,
    published,
  }
}

type Fits = (status: number, text: string) => boolean

/** @param share 0.5 for the median */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
