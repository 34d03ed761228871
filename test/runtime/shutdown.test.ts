import { describe, expect, test } from 'vitest'
import { startProcess } from '../support/processes.ts'

async function outcomeOf(fault: string) {
  const faulty = await startProcess('faulty', fault)
  const printed: string[] = []
  const reading = (async () => {
    for await (const line of faulty.lines()) printed.push(line)
  })()
  const code = await faulty.go()
  await reading
  const faults = printed.filter((line) => line.includes('"event":"uncaught_error"'))
  return { code, printed, faults, leftInOrder: printed.includes('left in order') }
}

describe('an error that no code caught', () => {
  test.each([
    ['an error', true],
    ['a rejection', true],
    ['a rejection with no error', true],
    ['an error, and leaving fails again', true],
    ['an error while starting', false],
    ['a rejection while starting', false],
  ])('%s: one line of log without its secrets, then the process ends with 1', async (fault, leftInOrder) => {
    const outcome = await outcomeOf(fault)
    expect(outcome).toMatchObject({ code: 1, leftInOrder })
    expect(outcome.faults).toHaveLength(1)
    expect(outcome.printed.join('\n')).not.toContain('eyJhbGci')
  })
})
