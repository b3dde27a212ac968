/** `nacre why <id>`: the story of a server, a port, an image or a request: each step, when, how long, what failed, what to do. */
import { commandLine } from '../command-line.ts'
import { requestLine, type LogLine } from '../log/log-file.ts'
import { askOperator } from '../operator/operator-client.ts'
import type { Story, StoryOperation } from '../operator/story.ts'
import { EXIT } from '../refusal.ts'
import { stateFolder, typed, type StateFolder } from '../settings.ts'
import { paint, seconds } from '../terminal.ts'

export async function run(argv: string[]): Promise<number> {
  const command = commandLine('why', 'Tells the story of a resource or of a request. Ends with 1 when nothing is known of the id.')
    .argument('<id>', 'id of a server, port, image, network …, or a request id').option('--state <dir>', 'where the cloud lives').option('--json', 'as JSON')
  command.parse(argv, { from: 'user' })
  const options = command.opts<{ state?: string; json?: boolean }>()
  const id = command.processedArgs[0] as string
  const folder = stateFolder(options.state)
  const story = await askOperator<Story>(folder, 'GET', `/operator/why/${encodeURIComponent(id)}`)
  // A call that was refused started no operation; what became of it stands in the log.
  const request = id.startsWith('req-') ? await requestLine(folder.logFile, id) : undefined
  const known = story.explanations.length > 0 || story.operations.length > 0 || request !== undefined
  if (options.json === true) process.stdout.write(`${JSON.stringify({ ...story, request: request ?? null }, null, 2)}\n`)
  else process.stdout.write(known ? tell(folder, story, request) : `Nothing is known of ${id}. It may have been deleted long ago, or live in another cloud; \`${typed(folder, 'logs', id)}\` searches the log.\n`)
  return known ? EXIT.ok : EXIT.failed
}

/** The story as text. */
function tell(folder: StateFolder, story: Story, request: LogLine | undefined): string {
  const parts: string[] = []
  if (request !== undefined) {
    parts.push(`${request.time}  ${paint('bold', `${request.method} ${request.path}`)} → ${request.status}  ${paint('dim', `${request.service} in ${request.ms} ms`)}`)
    if (request.reason !== undefined) parts.push(`  ${paint('red', 'refused')}        ${request.reason}`)
  }
  for (const e of story.explanations) {
    parts.push(e.name === '' || e.name === e.id ? `${paint('bold', `${e.type} ${e.id}`)} is ${e.status}` : `${paint('bold', `${e.type} ${e.name}`)} (${e.id}) is ${e.status}`)
    for (const [label, text] of e.facts) parts.push(`  ${label.padEnd(14)} ${text}`)
    if (e.problem !== undefined) parts.push(`  ${paint('red', 'Problem')}        ${e.problem}`)
    for (const advice of e.advice) parts.push(`  ${paint('green', 'What to do')}     ${advice}`)
    for (const r of e.related) parts.push(paint('dim', `  see also       ${typed(folder, 'why', r.id)}   (${r.type})`))
  }
  for (const operation of story.operations) parts.push(tellOperation(operation))
  return `${parts.join('\n')}\n`
}

function tellOperation(o: StoryOperation): string {
  const lines = ['', `${o.startedAt}  ${paint('bold', o.name)} → ${o.state}${o.finishedAt === null ? ` (now: ${o.currentStep ?? 'waiting to start'})` : ''}  ${paint('dim', `${o.requestId} by ${o.userId}`)}`]
  for (const s of o.steps) {
    const mark = s.outcome === 'failed' ? paint('red', '✗') : s.direction === 'undo' ? paint('yellow', '↩') : paint('green', '✓')
    lines.push(`  ${s.startedAt.slice(11, 23)}  ${mark} ${s.step.padEnd(32)} ${seconds(s.ms).padStart(8)}${s.message === null ? '' : `  ${s.message}`}`)
  }
  if (o.failure !== null && o.state !== 'done') lines.push(`  ${paint('red', 'failed')} in ${o.failure.step}: ${o.failure.message}`)
  return lines.join('\n')
}
