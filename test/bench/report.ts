import { type GateResult, isBusy, type MemoryResult, type Results, type RevocationResult } from './results.ts'

/** The results as a page of Markdown. */
export function report({ machine, settings, gate, revocation, memory, goals }: Results): string {
  const { date, cpu, cores, memoryGb, kernel, node, nginx, redis } = machine
  const parts = [
    '# What the gate costs',
    `Measured by \`npm run bench\` on ${date}: ${cores} cores (${cpu}), ${memoryGb} GB of memory, Linux ${kernel}, Node ${node}, nginx ${nginx} with one worker, Redis ${redis}, wrk with ${settings.connections} connections and ${settings.threads} thread on the same machine. Trust the ratios: a figure of requests/s says more about the machine than about the program.`,
    ...(isBusy(machine)
      ? [
          `**This machine was busy with other work (load ${machine.loadBefore.toFixed(1)}): only the CPU figures are of use. Measure again when it is quiet.**`,
        ]
      : []),
    ...(gate ? gatePart(gate, settings) : []),
    ...(goals.length > 0 ? goalsPart(goals) : []),
    ...(revocation ? revocationPart(revocation) : []),
    ...(memory ? memoryPart(memory) : []),
  ]
  return `${parts.join('\n\n')}\n`
}

function gatePart({ variants }: GateResult, { rounds, seconds }: Results['settings']): string[] {
  return [
    '## The gate',
    `A file of 1 kB behind nginx, an HS256 token in the \`Authorization\` header, an access log, 64 kept connections to the auth server over a Unix socket. Every variant was loaded for ${seconds} s in each of ${rounds} rounds, in random order; the table shows medians, ratios being those of each round. No request failed. CPU is that of nginx, the auth process and Redis together.`,
    '![Requests per second and CPU of each variant, compared to the floor](gate.svg)',
    table(
      [
        'variant',
        'requests/s',
        'to the limit',
        'to the floor',
        'p50 ms',
        'p99 ms',
        'CPU s per 10 000 requests',
        'CPU to the floor',
      ],
      variants.map((one) => [
        one.name === 'hookswitch' ? `**${one.title}**` : one.title,
        one.requestsPerSecond.toFixed(0),
        one.requestsToLimit.toFixed(2),
        one.requestsToFloor.toFixed(2),
        one.p50Ms.toFixed(2),
        one.p99Ms.toFixed(2),
        one.cpuSecondsPer10k.toFixed(2),
        one.cpuToFloor.toFixed(2),
      ]),
    ),
    'The limit and the floor check nothing. Hookswitch checks signature, times, session, token and user revocations, the age of what it knows, and whose file it is; `@fastify/jwt` the signature and times; express the signature, times and the session. Hookswitch stands behind its own nginx configuration, which refuses symbolic links, logs JSON and keeps files open for a second; the others stand behind the least that does the job. What this makes is in the third row: Hookswitch compared to it is the sidecar alone.',
  ]
}

const goalsPart = (goals: Results['goals']): string[] => [
  '### Goals',
  table(
    ['Hookswitch shall have', 'measured', ''],
    goals.map(({ goal, measured, met }) => [goal, measured, met ? 'met' : '**not met**']),
  ),
]

function revocationPart(results: readonly RevocationResult[]): string[] {
  const [first] = results
  return [
    '## From revocation to refusal',
    `From the moment the revocation is sent to Redis until a sidecar answers 401 to the revoked token, over ${first?.sidecars} sidecars that follow one Redis, ${first?.revocations} revocations each row. Under load means that wrk loads them all through nginx as hard as it can.`,
    '![From revocation to refusal, in milliseconds](revocation.svg)',
    table(
      ['', 'p50 ms', 'p99 ms', 'longest ms'],
      results.map((one) => [
        one.load === 'idle' ? 'idle' : 'under load',
        one.p50Ms.toFixed(1),
        one.p99Ms.toFixed(1),
        one.maxMs.toFixed(1),
      ]),
    ),
  ]
}

function memoryPart(one: MemoryResult): string[] {
  const answers = ({ p50Ms, p99Ms, maxMs }: MemoryResult['after']) =>
    [p50Ms, p99Ms, maxMs].map((ms) => ms.toFixed(2)).join(' / ')
  return [
    `## ${one.entries.toLocaleString('en').replaceAll(',', ' ')} live revocations`,
    'A fresh sidecar reads the whole log before it judges anybody; until then it answers "cannot judge yet".',
    table(
      ['what', 'measured'],
      [
        ['the log in Redis, MB', one.redisStreamMb.toFixed(0)],
        ['start to first yes, s', one.readSeconds.toFixed(1)],
        ['memory of a sidecar without revocations, MB', one.rssEmptyMb.toFixed(0)],
        ['memory with all of them, MB', one.rssMb.toFixed(0)],
        ['the most memory it ever had, MB', one.rssPeakMb.toFixed(0)],
        ['an answer while it reads, p50 / p99 / longest ms', answers(one.reading)],
        ['an answer afterwards, p50 / p99 / longest ms', answers(one.after)],
      ],
    ),
  ]
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
