/**
 * The control process of a one-machine cloud: everything in one. `nacre up` starts it in the background and waits
 * for its run file. It is told only where the state folder is; all else is in the settings there.
 *
 *     node cloud/process.ts STATE-FOLDER
 */
import { realpathSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import type { Bus } from '#core/bus/bus.ts'
import { loadConfig, parseConfigFile, type ConfigFile } from '#core/config/config.ts'
import { explainError } from '#core/errors/errors.ts'
import { readTextFile } from '#core/host/files.ts'
import { listen } from '#core/http/socket.ts'
import { openLog, type Log } from '#core/log/log.ts'
import { createMetrics } from '#core/metrics/metrics.ts'
import { imageTransfer } from '#services/image/contract.ts'
import { metadataHandler } from '#services/compute/metadata/metadata.handlers.ts'
import { startHostAgents } from './agents.ts'
import { assemble, type AssembledCloud } from './assemble.ts'
import { portsFor, SERVICES } from './catalog.ts'
import { writeCredentials } from './credentials.ts'
import { databaseOf, openCloudBus } from './engines.ts'
import { startOperatorApi } from './operator/operator-api.ts'
import { tryHold } from './folder-lock.ts'
import { logOptions } from './log/log-options.ts'
import { openLogFile } from './log/log-writer.ts'
import { keepMemoryQuiet } from './quiet-memory.ts'
import { removeRunState, startTicksOf, writeRunState } from './run-file.ts'
import { openSecrets, type Secrets } from './secrets.ts'
import { sourcePlaces } from './source-places.ts'
import { serviceTokens } from './service-tokens.ts'
import { StateFolder, type CloudSettings } from './settings.ts'

type Stop = () => Promise<unknown>

/** The sources' places in what is logged, where this runs bundled. */
const places = sourcePlaces(realpathSync(dirname(process.argv[1]!)))

/** Brings the whole cloud up in this process; answers what stops it, newest first. */
async function start(folder: StateFolder, settings: CloudSettings, configFile: ConfigFile, log: Log): Promise<Stop> {
  const startedAt = new Date().toISOString()
  const secrets = openSecrets(folder.secretsFile)
  const metrics = createMetrics()
  const bus = await openCloudBus(folder, settings, secrets)
  const stops: Stop[] = [() => bus.close()]
  const cloud = await assemble({
    stateDir: folder.path, database: databaseOf(folder, settings), bus, log, metrics, secrets, configFile, processEnv: process.env,
    listenHost: settings.listenHost, publicHost: settings.publicHost, portBase: settings.portBase ?? undefined, policyOverrides: await policyOf(folder),
  })
  stops.push(() => cloud.stop())
  const host = hostname()
  stops.push(await startMetadata(cloud, settings))
  stops.push(await startConsoles(cloud, settings, log))
  const agentsStarted = Promise.withResolvers<void>()
  const operator = await startOperatorApi({ cloud, bus, host, metrics, agentsStarted: agentsStarted.promise, token: secrets.get('operator-token'), log, listenHost: settings.listenHost, port: cloud.ports['metrics']!, startedAt })
  stops.push(() => operator.close())
  await writeCredentials(folder.path, authUrlOf(cloud), settings.region, secrets)
  await writeRunState(folder, {
    pid: process.pid, startTicks: startTicksOf(process.pid) ?? '', startedAt, readyAt: new Date().toISOString(), ports: cloud.ports, endpoints: cloud.endpoints,
    operatorUrl: `http://${settings.listenHost}:${operator.port}`,
  })
  stops.push(() => removeRunState(folder))
  stops.push(await startAgents(folder, settings, cloud, secrets, { bus, log, host }))
  agentsStarted.resolve()
  return async () => { for (const stop of stops.reverse()) await stop() }
}

function authUrlOf(cloud: AssembledCloud): string {
  return cloud.endpoints.find((e) => e.type === 'identity')!.url
}

async function startAgents(folder: StateFolder, settings: CloudSettings, cloud: AssembledCloud, secrets: Secrets, parts: { bus: Bus; log: Log; host: string }): Promise<Stop> {
  const token = serviceTokens(authUrlOf(cloud), secrets.get('service-password'))
  const imageEndpoint = cloud.endpoints.find((e) => e.type === 'image')!.url
  const agents = await startHostAgents({
    folder, settings, ...parts, images: imageTransfer({ endpoint: imageEndpoint, token }),
    metadata: { sharedSecret: secrets.get('metadata-proxy'), upstreamUrl: `http://${settings.listenHost}:${cloud.ports['metadata']}` },
  })
  return () => agents.stop()
}

async function startMetadata(cloud: AssembledCloud, settings: CloudSettings): Promise<Stop> {
  const compute = cloud.services.get('compute')
  if (compute === undefined) return async () => {}
  const listener = await listen({ handle: metadataHandler(compute.context() as never), host: settings.listenHost, port: cloud.ports['metadata']! })
  return () => listener.close()
}

async function startConsoles(cloud: AssembledCloud, settings: CloudSettings, log: Log): Promise<Stop> {
  const compute = cloud.services.get('compute')
  if (compute === undefined) return async () => {}
  const [{ startConsoleProxy }, { openConsole }] = [await import('./console/console-proxy.ts'), await import('#services/compute/servers/open-console.ts')]
  const proxy = await startConsoleProxy({ open: (token) => openConsole(compute.context() as never, token), host: settings.listenHost, port: cloud.ports['console']!, log })
  return () => proxy.close()
}

async function configOf(folder: StateFolder, settings: CloudSettings): Promise<ConfigFile> {
  const file = await yamlOf(folder.configFile)
  const sections: string[] = [...SERVICES.map(({ name }) => name), 'log']
  const stranger = Object.keys(file).find((section) => !sections.includes(section))
  if (stranger !== undefined) throw new Error(`${folder.configFile}: there is no service '${stranger}'; its sections are ${sections.join(', ')}`)
  const consoleUrl = `http://${settings.publicHost}:${portsFor(settings.portBase ?? undefined).console}`
  return { ...file, identity: { region: settings.region, ...file['identity'] }, compute: { consoleUrl, ...file['compute'] } }
}

async function policyOf(folder: StateFolder): Promise<Record<string, string>> {
  return await yamlOf(folder.policyFile) as unknown as Record<string, string>
}

/** A file of the operator's; absent and empty are the same. */
async function yamlOf(path: string): Promise<ConfigFile> {
  const text = await readTextFile(path)
  try {
    const read: unknown = text === undefined ? {} : parseConfigFile(text)
    if (typeof read !== 'object' || Array.isArray(read)) throw new Error('it is not a list of `name: value`')
    return read as ConfigFile
  } catch (error) {
    throw new Error(`${path} cannot be read`, { cause: error })
  }
}

async function main(path: string): Promise<void> {
  const folder = new StateFolder(path)
  const settings = folder.read()
  if (settings === undefined) throw new Error(`no cloud in ${path}`)
  if (await tryHold(folder.path, 'serve') === undefined) throw new Error(`another control process serves ${folder.path}`)
  const configFile = await configOf(folder, settings)
  const { level, maxFileMiB, keptFiles } = loadConfig('log', logOptions, configFile, process.env)
  const log = openLog({ destination: openLogFile(folder.logFile, { maxBytes: maxFileMiB * 1024 * 1024, keptFiles }), level, places })
  process.on('unhandledRejection', (error) => { log.error({ err: error }, 'a promise was rejected and nobody looked') })
  process.on('uncaughtExceptionMonitor', (error) => { log.fatal({ err: error }, 'the cloud falls over') })
  const stop = await start(folder, settings, configFile, log)
  log.info({ pid: process.pid }, 'the cloud is up')
  // Now it holds what a start needs, and a cloud that is killed leaves it behind, too.
  flushCompileCache()
  keepMemoryQuiet()
  let stopping = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) return
      stopping = true
      log.info({ signal }, 'the cloud goes down; servers keep running')
      stop().then(() => process.exit(0), (error: unknown) => { log.error({ err: error }, 'stopping failed'); process.exit(1) })
    })
  }
}

/** The stack without the words, which were said already. */
function framesOf(error: unknown): string {
  const stack = error instanceof Error ? places(error.stack ?? '') : ''
  return stack.slice(Math.max(0, stack.search(/^ +at /m)))
}

await main(process.argv[2] ?? '').catch((error: unknown) => {
  process.stderr.write(`${explainError(error)}\n${framesOf(error)}\n`)
  process.exit(1)
})
