import type { Stack } from '../../support/stack.ts'
import { createCaseSteps, V1 } from './case-steps.ts'
import { sendRequest } from './openapi-client.ts'
import type { OperationCase } from './operation-case.ts'

/** A valid request for each operation of the board. */
export function createBoardOperationCases(stack: Stack, hasPbx: boolean): Record<string, OperationCase> {
  const { user, at, get } = createCaseSteps(stack, hasPbx)
  const level = { warning: 3, critical: 3 }
  const thresholds = Object.fromEntries(
    ['agents_ready', 'calls_waiting', 'longest_wait', 'longest_break', 'answer_rate'].map((name) => [
      name,
      level,
    ]),
  )
  async function newLink(): Promise<{ id: string; link: string }> {
    const { body } = await sendRequest({
      method: 'POST',
      url: `${stack.url}${V1}/wallboards`,
      headers: { Authorization: `Bearer ${await user('admin')}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: 'Hall' }),
    })
    return body as { id: string; link: string } // the documented shape
  }

  return {
    readBoard: get(`${V1}/board?time_zone=Europe/Berlin`, 'admin'),
    readBoardThresholds: get(`${V1}/board/thresholds`, 'admin'),
    setBoardThresholds: at(200, async (send) =>
      send(`${V1}/board/thresholds?team=sales`, {
        ...{ token: await user('admin'), json: thresholds },
      }),
    ),
    readFigures: get(`${V1}/figures?by=hour&group=campaign`, 'admin'),
    exportFigures: get(`${V1}/figures.csv?delimiter=semicolon`, 'admin'),
    listWallboards: get(`${V1}/wallboards`, 'admin'),
    createWallboard: at(201, async (send) =>
      send(`${V1}/wallboards`, { token: await user('admin'), json: { name: 'Door', hides_names: true } }),
    ),
    revokeWallboard: at(204, async (send) =>
      send(`${V1}/wallboards/${(await newLink()).id}`, { token: await user('admin') }),
    ),
    readWallboard: at(200, async (send) =>
      send(`${V1}/wallboard`, { token: (await newLink()).link.split('#token=')[1] }),
    ),
  }
}
