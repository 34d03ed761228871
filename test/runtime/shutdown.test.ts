import { describe, expect, test } from 'vitest'
import { startProcess } from '../support/processes.ts'

async function outcomeOf(failure: string) {
  const failingProcess = await startProcess('faulty', failure)
  const printed: string[] = []
  const reading = (async () => {
    for await (const line of failingProcess.lines()) printed.push(line)
  })()
  const code = await failingProcess.go()
  await reading
  const logged = printed.filter((line) => line.includes('"event":"uncaught_error"'))
  return { code, printed, logged, leftInOrder: printed.includes('left in order') }
}

describe('an error that no code caught', () => {
  test.each([
    ['an error', true],
    ['a rejection', true],
    ['a rejection with no error', true],
    ['an error, and leaving fails again', true],
    ['an error while starting', false],
    ['a rejection while starting', false],
  ])(
    '(%s) is logged in one line without its secrets, and the process ends with 1',
    async (failure, leftInOrder) => {
      const outcome = await outcomeOf(failure)
      expect(outcome).toMatchObject({ code: 1, leftInOrder })
      expect(outcome.logged).toHaveLength(1)
      expect(outcome.printed.join('\n')).not.toContain('eyJhbGci')
    },
  )
})
