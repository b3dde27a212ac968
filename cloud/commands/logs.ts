/** `nacre logs [id]`: the log, or what it says of one request or resource. */
import { on } from 'node:events'
import { watch } from 'node:fs'
import { access } from 'node:fs/promises'
import { dirname } from 'node:path'
import { commandLine } from '../command-line.ts'
import { lastLines, linesSince, parsed, type LogPlace } from '../log/log-file.ts'
import { EXIT, Misuse, Refusal } from '../refusal.ts'
import { stateFolder, type StateFolder } from '../settings.ts'
import { paint } from '../terminal.ts'

interface Options { state?: string; json?: boolean; follow?: boolean; lines: string }

export async function run(argv: string[]): Promise<number> {
  const command = commandLine('logs', 'Prints the log, newest last; with an id, only the lines about that request or resource.')
    .argument('[id]', 'request id (req-…) or resource id').option('--state <dir>', 'where the cloud lives').option('--json', 'the lines as they are stored')
    .option('-f, --follow', 'go on as lines come').option('-n, --lines <n>', 'how many lines', '200')
  command.parse(argv, { from: 'user' })
  const options = command.opts<Options>()
  if (!/^\d+$/.test(options.lines)) throw new Misuse(`--lines ${options.lines} is not a number of lines`, 'for example -n 50')
  const folder = stateFolder(options.state)
  await access(dirname(folder.logFile)).catch((error: NodeJS.ErrnoException) => { throw error.code === 'ENOENT' ? noLog(folder) : error })
  const id = command.processedArgs[0] as string | undefined
  const concerns = (line: string): boolean => id === undefined || line.includes(id)
  const show = (line: string): void => { process.stdout.write(`${options.json === true ? line : pretty(line)}\n`) }
  // Watched before it is read, so that no line falls between; its folder, for the log goes on in another file.
  const changes = options.follow === true ? on(watch(dirname(folder.logFile)), 'change') : undefined
  const tail = await lastLines(folder.logFile, Number(options.lines), concerns)
  if (tail.place === undefined) throw noLog(folder)
  for (const line of tail.lines) show(line)
  if (changes === undefined) return EXIT.ok
  let place: LogPlace | undefined = tail.place
  for await (const _ of changes) place = await linesSince(folder.logFile, place, (line) => { if (concerns(line)) show(line) })
  return EXIT.ok
}

function noLog(folder: StateFolder): Refusal {
  return new Refusal(`there is no log at ${folder.logFile}`, 'bring the cloud up first, or name its state folder with --state')
}

function pretty(text: string): string {
  const line = parsed(text)
  if (line === undefined) return text
  const colour = line.level === 'error' ? 'red' : line.level === 'warn' ? 'yellow' : 'dim'
  const id = line.requestId ?? line.resourceId
  const why = line.err?.message ?? line.reason
  return `${paint('dim', line.time)} ${paint(colour, line.level.padEnd(5))} ${(line.service ?? line.agent ?? '').padEnd(9)} ${line.msg}${why === undefined ? '' : `: ${why}`}${id === undefined ? '' : paint('dim', ` [${id}]`)}`
}
