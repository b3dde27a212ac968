/**
 * The bus by its address:
 *
 *   absent, `memory:`                               within this process
 *   `amqp://user:password@host:port/vhost`          RabbitMQ; `amqps://` for TLS
 *   `…?namespace=cloud2`                            lets several clouds share one broker (default `nacre`)
 */
import type { Log } from '#core/log/log.ts'
import type { Bus } from './bus.ts'
import { InProcessBus } from './in-process-bus.ts'
import type { RabbitBusOptions } from './rabbit-bus.ts'

export interface OpenBusOptions { log?: Log; remember?: RabbitBusOptions['remember'] }

/** Opens the bus. Rejects when the address makes no sense or no broker answers. */
export async function openBus(url: string | undefined, options: OpenBusOptions = {}): Promise<Bus> {
  if (url === undefined || url === 'memory:') return new InProcessBus()
  const address = URL.canParse(url) ? new URL(url) : undefined
  if (address === undefined || !['amqp:', 'amqps:'].includes(address.protocol)) {
    throw new Error("the bus address must be 'memory:' or start with amqp:// or amqps://")
  }
  const namespace = address.searchParams.get('namespace') ?? undefined
  address.searchParams.delete('namespace')
  // Loaded here: a cloud in one process needs no AMQP.
  const { RabbitBus } = await import('./rabbit-bus.ts')
  return await RabbitBus.open(address.href, { namespace, log: options.log, remember: options.remember })
}
