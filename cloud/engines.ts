/**
 * What a cloud has on engines that it may share with others: a database per service on a MariaDB server, whose names
 * begin with the cloud's tag, and a namespace on a RabbitMQ broker. The defaults, files and a bus in the process, live
 * and die with the state folder; these do not, so `up` looks whether the names are free and `reset` takes them away.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { openBus } from '#core/bus/open-bus.ts'
import type { Bus } from '#core/bus/bus.ts'
import type { BrokerName } from '#core/bus/rabbit-link.ts'
import type { DatabaseLocation } from '#core/db/database.ts'
import { dropMariaDatabases, mariaDatabases } from '#core/db/mariadb.ts'
import { explainError } from '#core/errors/errors.ts'
import { Refusal } from './refusal.ts'
import { openSecrets, type Secrets } from './secrets.ts'
import type { CloudSettings, StateFolder } from './settings.ts'

export function databaseOf(folder: StateFolder, settings: CloudSettings): DatabaseLocation {
  if (settings.database === 'sqlite') return { engine: 'sqlite', folder: folder.databaseFolder }
  return { engine: 'mariadb', url: settings.database, prefix: prefixOf(settings) }
}

/** The bus of a cloud. What it declares on a broker is written down before, so that `reset` can take it away. */
export async function openCloudBus(folder: StateFolder, settings: CloudSettings, secrets: Secrets): Promise<Bus> {
  const known = new Set(namesOnBroker(folder).map(({ name }) => name))
  return await openBus(busAddressOf(settings, secrets), {
    remember({ kind, name }) {
      if (known.has(name)) return
      mkdirSync(dirname(folder.brokerFile), { recursive: true })
      appendFileSync(folder.brokerFile, `${kind} ${name}\n`)
    },
  })
}

/** Queues and exchanges that the cloud declared on its broker. */
export function namesOnBroker(folder: StateFolder): BrokerName[] {
  if (!existsSync(folder.brokerFile)) return []
  const lines = readFileSync(folder.brokerFile, 'utf8').split('\n').map((line) => /^(queue|exchange) (.+)$/.exec(line))
  return lines.filter((match) => match !== null).map((match) => ({ kind: match[1] as BrokerName['kind'], name: match[2]! }))
}

/** Takes the cloud's queues and exchanges off its broker; answers how many there were. Throws `Refusal` where it cannot be reached. */
export async function removeFromBus(folder: StateFolder, settings: CloudSettings): Promise<number> {
  const names = namesOnBroker(folder)
  const address = names.length === 0 ? undefined : busAddressOf(settings, openSecrets(folder.secretsFile))
  if (address === undefined) return 0
  const { removeFromBroker } = await import('#core/bus/rabbit-removal.ts')
  await removeFromBroker(address, names).catch((error: unknown) => {
    throw new Refusal(`the message broker does not answer, and the cloud's queues are on it: ${explainError(error)}`, `start the broker and say \`reset\` again; when it is gone for good, delete ${folder.brokerFile} first`, { cause: error })
  })
  return names.length
}

/** For `openBus`. The namespace is this cloud's alone: what an earlier one in the same folder left in queues is nobody's. */
function busAddressOf(settings: CloudSettings, secrets: Secrets): string | undefined {
  if (settings.bus === 'memory') return undefined
  const address = new URL(settings.bus)
  if (!address.searchParams.has('namespace')) address.searchParams.set('namespace', `${settings.tag}-${secrets.get('bus-namespace').slice(0, 8)}`)
  return address.href
}

/** For a folder that had no cloud yet. Throws `Refusal` where the server cannot be reached, or has databases of these names. */
export async function checkDatabases(folder: StateFolder, settings: CloudSettings): Promise<void> {
  if (settings.database === 'sqlite' || existsSync(folder.secretsFile)) return
  const names = await mariaDatabases(settings.database, prefixOf(settings)).catch((error: unknown) => {
    throw new Refusal(`the database server does not answer: ${explainError(error)}`, 'start it, or mend --database mysql://user:password@host:port', { cause: error })
  })
  if (names.length === 0) return
  throw new Refusal(`the database server has databases of another cloud in a folder of this name: ${names.join(', ')}`, 'bring the cloud up in another folder (--state DIR), or drop these databases when nobody needs them')
}

/** Drops what `up` made on the database server; answers the names. Throws `Refusal` where it cannot be reached. */
export async function removeDatabases(settings: CloudSettings): Promise<string[]> {
  if (settings.database === 'sqlite') return []
  return await dropMariaDatabases(settings.database, prefixOf(settings)).catch((error: unknown) => {
    throw new Refusal(`the database server does not answer, and the cloud's databases (${prefixOf(settings)}…) are on it: ${explainError(error)}`, 'start the database server and say `reset` again', { cause: error })
  })
}

function prefixOf(settings: CloudSettings): string {
  return `${settings.tag}_`
}
