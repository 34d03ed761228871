import { randomBytes } from 'node:crypto'
import {
  type FaultyHttp,
  type ReceivedRequest,
  type ServedOperation,
  type ServedReply,
  startFaultyHttp,
} from './faulty-http.ts'

interface Employee {
  id: string
  number: string
  name: string
  email: string
  secret: string
  transport: string
  disabled?: boolean
}

export interface FakeMikopbx extends FaultyHttp {
  readonly employees: Map<string, Employee>
  /** Numbers of queues and the like. */
  readonly queues: Set<string>
  /** How often an employee was created, whether or not the caller got an answer. */
  readonly created: string[]
  readonly keys: Set<string>
  password: string
  /** How many employees its list leaves out, though it counts them. */
  unlisted: number
}

export const ADMIN_CREDENTIALS = { login: 'admin', password: 'password-of-admin' }

const BASE = '/pbxcore/api/v3/'

/** Answers as MikoPBX does about employees over REST v3, by its sources; its language is not English. */
export async function startFakeMikopbx(): Promise<FakeMikopbx> {
  const tokens = new Set<string>()
  let lastId = 0

  const successReply = (data: unknown, status = 200): ServedReply => ({
    status,
    json: { result: true, data, messages: [] },
  })
  const errorReply = (status: number, ...error: string[]): ServedReply => ({
    status,
    json: { result: false, data: [], messages: { error } },
  })
  const expired = errorReply(401, "The user isn't authenticated.")

  function logIn(body: Record<string, unknown>): ServedReply {
    if (body.login !== ADMIN_CREDENTIALS.login || body.password !== pbx.password)
      return errorReply(401, 'Invalid login or password')
    const token = `eyJ${randomBytes(12).toString('hex')}.eyJ1.sig`
    tokens.add(token)
    return successReply({
      accessToken: token,
      tokenType: 'Bearer',
      expiresIn: 900,
      login: ADMIN_CREDENTIALS.login,
    })
  }

  const onNumber = (number: unknown) => [...pbx.employees.values()].find((one) => one.number === number)

  function available(number: unknown): ServedReply {
    const one = onNumber(number)
    if (one !== undefined) return successReply({ available: false, userId: one.id, represent: one.name })
    if (pbx.queues.has(String(number)))
      return successReply({ available: false, represent: 'ex_ThisNumberIsNotFree' })
    return successReply({ available: true })
  }

  const toJson = ({ id, number, name, email, secret, transport }: Employee) => ({
    id,
    number,
    user_username: name,
    user_email: email,
    sip_secret: secret,
    sip_transport: transport,
  })

  function list(query: URLSearchParams): ServedReply {
    const [offset, limit] = [Number(query.get('offset')), Number(query.get('limit'))]
    const all = [...pbx.employees.values()].map(({ id, number, name, email, disabled = false }) => ({
      ...{ id: Number(id), number, user_username: name, user_email: email, disabled },
      ...{ mobile: '', avatar: '' },
    }))
    const data = all.slice(pbx.unlisted).slice(offset, offset + limit)
    return successReply({ data, recordsTotal: all.length, recordsFiltered: all.length })
  }

  function add(body: Record<string, unknown>): ServedReply {
    const { number, user_username, user_email, sip_secret, sip_transport = 'udp' } = body
    if (!/^[0-9]{2,8}$/.test(String(number)) || !user_username) return errorReply(422, 'Номер указан неверно')
    if (
      !/[A-Z]/i.test(String(sip_secret)) ||
      !/\d/.test(String(sip_secret)) ||
      String(sip_secret).length < 5
    ) {
      return errorReply(422, `Пароль ${sip_secret} слишком простой`)
    }
    if (onNumber(number) !== undefined || pbx.queues.has(String(number)))
      return errorReply(422, 'Этот номер уже занят')
    lastId += 1
    const made: Employee = {
      id: String(lastId),
      number: String(number),
      name: String(user_username),
      email: String(user_email),
      secret: String(sip_secret),
      transport: String(sip_transport),
    }
    pbx.employees.set(made.id, made)
    pbx.created.push(made.number)
    return { status: 201, json: { result: true, data: toJson(made), messages: [], httpCode: 201 } }
  }

  function serve({ method, path, token, body }: ReceivedRequest): ServedOperation {
    const json: Record<string, unknown> = body === '' ? {} : JSON.parse(body)
    const route = `${method} ${path.slice(BASE.length)}`
    const id = /employees\/(\d+)$/.exec(route)?.[1] ?? ''
    const one = pbx.employees.get(id)
    const [operation, act, falseReply] = ((): [string, () => ServedReply, ServedReply?] => {
      if (route === 'POST auth:login') return ['login', () => logIn(json)]
      if (route === 'POST extensions:available') return ['available', () => available(json.number)]
      if (route === 'GET employees:getDefault') {
        return [
          'default',
          () => successReply({ number: '201', sip_transport: 'udp,tcp', sip_dtmfmode: 'auto' }),
        ]
      }
      if (route.startsWith('GET employees?'))
        return ['list', () => list(new URLSearchParams(route.slice('GET employees?'.length)))]
      if (route === 'POST employees') return ['add', () => add(json), successReply({ id: '9' }, 201)]
      if (route === `GET employees/${id}`) {
        return [
          'show',
          () => (one ? successReply(toJson(one)) : errorReply(422, `Employee with user_id ${id} not found`)),
        ]
      }
      if (route === `DELETE employees/${id}`) {
        const act = () =>
          pbx.employees.delete(id)
            ? successReply({ deleted_id: id })
            : errorReply(422, `Employee not found (ID: ${id})`)
        return ['delete', act, successReply({ deleted_id: id })]
      }
      return ['nowhere', () => errorReply(404, 'Not found')]
    })()
    const isIn = operation === 'login' || tokens.has(token ?? '') || pbx.keys.has(token ?? '')
    return {
      operation,
      expired,
      perform: isIn ? act : () => expired,
      ...(falseReply === undefined ? {} : { falseReply }),
    }
  }

  const server = await startFaultyHttp(serve)
  const pbx: FakeMikopbx = Object.assign(server, {
    employees: new Map(),
    queues: new Set<string>(),
    created: [],
    keys: new Set<string>(),
    password: ADMIN_CREDENTIALS.password,
    unlisted: 0,
  })
  return pbx
}
