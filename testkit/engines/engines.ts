/**
 * What a test asks of MariaDB and RabbitMQ. Both are started by the first test of the run that asks and are shared
 * by all; each call answers a database or a namespace that nobody else has.
 *
 *     describe.skipIf(noMariaDb() !== undefined)('on MariaDB', () => {
 *       const { url } = await freshMariaDb()
 */
import { request } from 'node:http'
import { inject } from 'vitest'

/** Why tests cannot have MariaDB here; undefined when they can. */
export function noMariaDb(): string | undefined {
  return inject('missingEngines').mariaDb ?? undefined
}

/** Why tests cannot have RabbitMQ here; undefined when they can. */
export function noRabbitMq(): string | undefined {
  return inject('missingEngines').rabbitMq ?? undefined
}

export interface FreshMariaDb {
  /** `mysql://user:password@127.0.0.1:port/database`: an empty utf8mb4 database. */
  url: string
  /** Drops it, and every database whose name begins with its name; the end of the run does it anyway. */
  drop(): Promise<void>
}

/** An empty database. Starts the server on first use. */
export async function freshMariaDb(): Promise<FreshMariaDb> {
  const { url } = await ask('/mariadb/fresh')
  const name = new URL(url!).pathname.slice(1)
  return { url: url!, drop: async () => { await ask(`/mariadb/drop?name=${name}`) } }
}

export interface FreshRabbitMq {
  /** `amqp://user:password@127.0.0.1:port?namespace=…`, for `openBus`: names in it meet nobody else's. */
  url: string
}

/** A namespace on the broker. Starts the broker on first use. */
export async function freshRabbitMq(): Promise<FreshRabbitMq> {
  const { url } = await ask('/rabbitmq/fresh')
  return { url: url! }
}

async function ask(path: string): Promise<Record<string, string>> {
  return await new Promise((resolve, reject) => {
    const asking = request({ socketPath: inject('engineRoom'), path, method: 'POST' }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => { body += chunk })
      response.on('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(body) as Record<string, string>)
        else reject(new Error(`the test run's engines: ${body}`))
      })
    })
    asking.on('error', reject)
    asking.end()
  })
}
