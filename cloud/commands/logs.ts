/** `nacre logs [id]`: the log, or what it says of one request or resource. */
import { createReadStream, existsSync, watch } from 'node:fs'
import { createInterface } from 'node:readline'
import { commandLine } from '../command-line.ts'
import { EXIT, Refusal } from '../refusal.ts'
import { stateFolder } from '../settings.ts'
import { paint } from '../terminal.ts'

interface Line { time: string; level: string; msg: string; service?: string; agent?: string; requestId?: string; resourceId?: string; err?: { message: string } }
interface Options { state?: string; json?: boolean; follow?: boolean; lines: string }

export async function run(argv: string[]): Promise<number> {
  const command = commandLine('logs', 'Prints the log, newest last; with an id, only the lines about that request or resource.')
    .argument('[id]', 'request id (req-…) or resource id').option('--state <dir>', 'where the cloud lives').option('--json', 'the lines as they are stored')
    .option('-f, --follow', 'go on as lines come').option('-n, --lines <n>', 'how many lines', '200')
  command.parse(argv, { from: 'user' })
  const options = command.opts<Options>()
  const folder = stateFolder(options.state)
  if (!existsSync(folder.logFile)) throw new Refusal(`there is no log at ${folder.logFile}`, 'bring the cloud up first, or name its state folder with --state')
  const id = command.processedArgs[0] as string | undefined
  const show = (line: string): void => { process.stdout.write(`${options.json === true ? line : pretty(line)}\n`) }
  const wanted = Number(options.lines)
  const kept: string[] = []
  let offset = await readFrom(folder.logFile, 0, (line) => {
    if (id !== undefined && !line.includes(id)) return
    kept.push(line)
    if (kept.length > wanted) kept.shift()
  })
  for (const line of kept) show(line)
  if (options.follow !== true) return EXIT.ok
  for await (const _ of changes(folder.logFile)) offset = await readFrom(folder.logFile, offset, (line) => { if (id === undefined || line.includes(id)) show(line) })
  return EXIT.ok
}

async function readFrom(path: string, start: number, each: (line: string) => void): Promise<number> {
  const stream = createReadStream(path, { start })
  let size = start
  stream.on('data', (chunk) => { size += chunk.length })
  for await (const line of createInterface({ input: stream })) if (line !== '') each(line)
  return size
}

async function* changes(path: string): AsyncGenerator<void> {
  for (;;) {
    await new Promise<void>((resolve) => { const watcher = watch(path, () => { watcher.close(); resolve() }) })
    yield
  }
}

function pretty(text: string): string {
  try {
    const line = JSON.parse(text) as Line
    const colour = line.level === 'error' ? 'red' : line.level === 'warn' ? 'yellow' : 'dim'
    const id = line.requestId ?? line.resourceId
    return `${paint('dim', line.time)} ${paint(colour, line.level.padEnd(5))} ${(line.service ?? line.agent ?? '').padEnd(9)} ${line.msg}${line.err === undefined ? '' : `: ${line.err.message}`}${id === undefined ? '' : paint('dim', ` [${id}]`)}`
  } catch {
    return text
  }
}
