/**
 * Taking off a broker what a bus declared there. Queues that nobody uses go by themselves after a day, but hold
 * messages until then; exchanges stay for good. So a bus tells what it declares (`RabbitBusOptions.remember`), and
 * whoever knows that nobody will come back takes it away.
 */
import { connect } from 'amqplib'
import type { BrokerName } from './rabbit-link.ts'

/** Deletes them, whether they are there or not. Rejects when no broker answers. */
export async function removeFromBroker(url: string, names: readonly BrokerName[]): Promise<void> {
  const address = new URL(url)
  address.searchParams.delete('namespace')
  const connection = await connect(address.href, { noDelay: true, timeout: 60_000 })
  connection.on('error', () => {})
  try {
    const channel = await connection.createChannel()
    for (const { kind, name } of names) {
      if (kind === 'queue') await channel.deleteQueue(name)
      else await channel.deleteExchange(name)
    }
  } finally {
    await connection.close()
  }
}
