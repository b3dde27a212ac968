/**
 * Walks through the table of `tutorial.ts` with the real `openstack` command, as a newcomer follows the install guide.
 * A row that fails ends its step; steps that need it are skipped; everything after goes on.
 */
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '#core/host/run.ts'
import type { Access } from '#cloud/credentials.ts'
import { seconds } from '#cloud/terminal.ts'
import { counts, type Counts } from '#cloud/test-run/counts.ts'
import { PATIENCE_MS } from '#testkit/patience.ts'
import type { PreparedCloud } from '../prepared-cloud.ts'
import { faultOf, fillIn, keptOf, type CommandRow, type Step, type Who } from './command-row.ts'
import { LoadedClient, openStackProgram, type OpenStackClient, type Said } from './openstack-client.ts'
import { tutorial } from './tutorial.ts'

export interface WalkOptions {
  cloud: PreparedCloud
  /** For the image, the key, and what each command said. */
  folder: string
  timeoutMs: number
  print: (line: string) => void
}

interface Walk extends WalkOptions {
  values: Map<string, string>
  deadline: number
  client: OpenStackClient
  spoken: string[]
}

/** Walks to the end and counts rows. Never throws for rows that fail. */
export async function walkThrough(options: WalkOptions, steps: readonly Step[] = tutorial): Promise<Counts> {
  await mkdir(options.folder, { recursive: true })
  const loaded = new LoadedClient(options.folder)
  const walk: Walk = { ...options, values: await givenValues(options), deadline: performance.now() + options.timeoutMs, client: openStackProgram, spoken: [] }
  try {
    return await walkSteps(walk, steps, loaded)
  } finally {
    loaded.close()
    await writeFile(join(options.folder, 'commands.txt'), walk.spoken.join('\n'))
  }
}

/** The first step is taken with the program itself, all others with the client loaded once. */
async function walkSteps(walk: Walk, steps: readonly Step[], loaded: OpenStackClient): Promise<Counts> {
  const passed = new Set<string>()
  const total = counts(0, 0, 0)
  for (const [at, step] of steps.entries()) {
    if (at > 0) walk.client = loaded
    const missing = step.needs.filter((need) => !passed.has(need))
    if (missing.length > 0) {
      total.skipped += step.rows.length
      walk.print(`  skip walk: ${step.name}: it needs ${missing.join(', ')}`)
      continue
    }
    const began = performance.now()
    const { done, fault } = await walkStep(walk, step)
    total.passed += done
    if (fault === undefined) passed.add(step.name)
    else {
      total.failed += 1
      total.skipped += step.rows.length - done - 1
    }
    walk.print(fault === undefined ? `  ok   walk: ${step.name} (${step.rows.length} commands, ${seconds(performance.now() - began)})` : `  FAIL walk: ${step.name}: ${fault}`)
  }
  return total
}

/** Names that no other walk has, and the files that the guide's commands send. */
async function givenValues({ cloud, folder }: WalkOptions): Promise<Map<string, string>> {
  const tag = randomBytes(3).toString('hex')
  const image = join(folder, 'guest.raw')
  const bytes = Buffer.alloc(1024 * 1024, `nacre ${tag} `)
  await writeFile(image, bytes)
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', `walk-${tag}`, '-f', join(folder, 'key')])
  const fingerprint = (await run('ssh-keygen', ['-E', 'md5', '-l', '-f', join(folder, 'key.pub')])).stdout.split(' ')[1]!.replace('MD5:', '')
  return new Map(Object.entries({
    tag, image, imageSize: String(bytes.length), imageChecksum: createHash('md5').update(bytes).digest('hex'), saved: join(folder, 'saved.raw'),
    publicKey: join(folder, 'key.pub'), fingerprint, password: `Walk-${randomBytes(6).toString('hex')}`, public: cloud.publicNetwork.name,
  }))
}

async function walkStep(walk: Walk, step: Step): Promise<{ done: number; fault?: string }> {
  for (const [done, row] of step.rows.entries()) {
    if (performance.now() > walk.deadline) return { done, fault: 'the time of the walk is over' }
    const fault = await walkRow(walk, row).catch((error: unknown) => (error as Error).message)
    if (fault !== undefined) return { done, fault: `openstack ${fillIn(row.line, walk.values)}: ${fault}`.replaceAll(walk.cloud.admin.password, '***') }
  }
  return { done: step.rows.length }
}

async function walkRow(walk: Walk, row: CommandRow): Promise<string | undefined> {
  const words = fillIn(row.line, walk.values).split(' ')
  const structured = row.fields !== undefined || row.keep !== undefined || row.column !== undefined
  const args = structured ? [...words, '-f', 'json'] : words
  const until = performance.now() + (row.becomes === true ? PATIENCE_MS : 0)
  for (;;) {
    const { code, stdout, stderr } = await speak(walk, row.who, args)
    if (row.refused !== undefined) return code !== 0 && row.refused.test(stderr) ? undefined : `expected to be refused with ${row.refused}, ended with ${code}: ${stderr.trim().slice(-300)}`
    const fault = code === 0 ? faultOf(row, stdout, walk.values) : lastLine(stderr)
    if (fault === undefined) {
      for (const [name, value] of keptOf(row, stdout)) walk.values.set(name, value)
      return await checkSaved(walk, words)
    }
    if (performance.now() > until || /'?ERROR'?/.test(fault)) return fault
  }
}

async function speak(walk: Walk, who: Who, args: string[]): Promise<Said> {
  const began = performance.now()
  const said = await walk.client.run(args, environment(walk, who))
  walk.spoken.push(`$ (${who}) openstack ${args.join(' ')}   # ${said.code}, ${seconds(performance.now() - began)}\n${said.stdout}${said.stderr}`)
  return said
}

/** What was saved must be what was sent. */
async function checkSaved(walk: Walk, words: string[]): Promise<string | undefined> {
  if (!words.includes('save')) return undefined
  const [sent, saved] = [await readFile(walk.values.get('image')!), await readFile(walk.values.get('saved')!)]
  return sent.equals(saved) ? undefined : `the saved image (${saved.length} bytes) is not what was uploaded (${sent.length} bytes)`
}

/** Credentials of the administrator, or of the user that the walk itself makes. */
function environment({ cloud, values, folder }: Walk, who: Who): Record<string, string> {
  const mine: Access & { domain: string } = who === 'admin'
    ? { ...cloud.admin, domain: 'Default' }
    : { ...cloud.admin, user: fillIn('walk-user-{tag}', values), project: fillIn('walk-project-{tag}', values), password: values.get('password')!, domain: fillIn('walk-domain-{tag}', values) }
  return {
    OS_AUTH_URL: mine.authUrl, OS_IDENTITY_API_VERSION: '3', OS_USERNAME: mine.user, OS_PASSWORD: mine.password, OS_PROJECT_NAME: mine.project,
    OS_USER_DOMAIN_NAME: mine.domain, OS_PROJECT_DOMAIN_NAME: mine.domain, OS_REGION_NAME: mine.region, OS_INTERFACE: 'public', HOME: folder, PYTHONWARNINGS: 'ignore', no_proxy: '*',
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? 'it said nothing'
}
