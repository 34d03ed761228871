import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findOrFetch } from '../../bin/system/programs.ts'
import { gateChart, revocationChart } from './charts.ts'
import { measureGate } from './gate.ts'
import { project } from './hookswitch-processes.ts'
import { measureLeads } from './leads.ts'
import { leadsReport } from './leads-report.ts'
import { describeMachine } from './machine.ts'
import { measureMemory } from './memory.ts'
import { HELP, readOptions } from './options.ts'
import { report } from './report.ts'
import { goalsOf, isBusy, type Results } from './results.ts'
import { measureRevocation } from './revocation.ts'
import { CONNECTIONS, THREADS } from './wrk.ts'

async function main() {
  const options = readOptions(process.argv.slice(2), join(project, 'docs', 'bench'))
  if (options === undefined) return console.log(HELP)
  const startedAt = performance.now()
  const say = (line: string) =>
    console.log(`${String(Math.round((performance.now() - startedAt) / 1000)).padStart(4)} s  ${line}`)

  const programs = await findOrFetch(join(project, 'var'), ['nginx', 'redis', 'wrk'], say)
  const machine = await describeMachine(programs)
  if (isBusy(machine)) say('this machine is busy with other work: the figures will be of little use')
  const { parts, rounds, seconds } = options
  const gate = parts.includes('gate') ? await measureGate(programs, options, say) : undefined
  const revocation = parts.includes('revocation')
    ? await measureRevocation(programs, options, say)
    : undefined
  const memory = parts.includes('memory') ? await measureMemory(programs, options, say) : undefined
  const leads = parts.includes('leads') ? await measureLeads(options, say) : undefined
  const results: Results = {
    machine,
    settings: { rounds, seconds, connections: CONNECTIONS, threads: THREADS },
    ...(gate && { gate }),
    ...(revocation && { revocation }),
    ...(memory && { memory }),
    goals: goalsOf(gate),
  }

  const text = report(results)
  const leadsText = leads && leadsReport(leads, machine)
  const isMore = gate || revocation || memory
  console.log(`\n${[isMore && text, leadsText].filter(Boolean).join('\n')}`)
  if (options.out === undefined) return
  mkdirSync(options.out, { recursive: true })
  const write = (name: string, content: string) => writeFileSync(join(options.out ?? '', name), content)
  if (isMore) {
    write('results.md', text)
    write('results.json', `${JSON.stringify(results, null, 2)}\n`)
  }
  if (leadsText) write('leads.md', leadsText)
  if (gate) write('gate.svg', gateChart(gate))
  if (revocation) write('revocation.svg', revocationChart(revocation))
  say(`written to ${options.out}`)
}

main().catch((err) => {
  console.error(`bench: ${err instanceof Error ? err.message : err}`)
  process.exit(1)
})
