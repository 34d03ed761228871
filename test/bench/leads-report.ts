import type { LeadsResult } from './leads.ts'
import type { Machine } from './results.ts'

/** The figures as a page for docs. */
export function leadsReport({ leads, fillSeconds, queries }: LeadsResult, machine: Machine): string {
  const slowest = [...queries].sort((a, b) => b.p95Ms - a.p95Ms)
  const within = queries.filter(({ p95Ms }) => p95Ms < 50).length
  const ms = (value: number) => value.toFixed(1)
  return `# What lists of leads cost

Measured on ${machine.date} with \`npm run bench -- --only leads\`: ${leads.toLocaleString('en')} leads of 4 teams and 40 agents in the embedded database, on a file; pages of 100; ${machine.cores} cores (${machine.cpu}), Node ${machine.node}, load before the run ${machine.loadBefore}. Each row is asked ${queries[0]?.times} times after once for nothing. "all" is what an admin sees, "team" a supervisor, "own" an agent.

The goal is 50 ms for 95 of 100: **${within} of ${queries.length} keep it**, the slowest with ${ms(slowest[0]?.p95Ms ?? 0)} ms. Filling the table took ${ms(fillSeconds)} s, which is ${ms((fillSeconds * 1e6) / leads)} µs a lead with all its indexes.

| | p50 | p95 | max |
| --- | --- | --- | --- |
${queries.map(({ what, p50Ms, p95Ms, maxMs }) => `| ${what} | ${ms(p50Ms)} ms | ${ms(p95Ms)} ms | ${ms(maxMs)} ms |`).join('\n')}

How a page is found: where a filter leaves fewer than 2 000 leads, its own index gives them and they are sorted; else the index of the order is walked, for the team, the agent or the campaign that is asked for, until the page is full.
`
}
