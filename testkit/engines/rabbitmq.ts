/**
 * A private RabbitMQ (about 4 s to start): its own node name, cookie, data, configuration and ports, and its own
 * epmd, Erlang's port mapper, which would otherwise outlive it as a daemon. It reads nothing below /etc.
 */
import { randomBytes } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { which } from '#core/host/run.ts'
import { freePort, giveToDaemon, startDaemon, withFreshPorts, type Daemon } from './private-daemon.ts'

/** What Debian calls it. */
export const rabbitMqPackages = [{ name: 'rabbitmq-server', reason: 'the tests run on RabbitMQ as well as on the in-process bus' }]

/** Debian's /usr/sbin/rabbitmq-server insists on the system's user and folders; the script behind it does not. */
const SERVER = '/usr/lib/rabbitmq/bin/rabbitmq-server'

export interface RabbitMq {
  /** `amqp://user:password@127.0.0.1:port`: the default virtual host; the user may do everything. */
  url: string
  /** Kills the broker, waits for `whileAway`, and starts it again on the same port and data. */
  restart(whileAway?: () => Promise<void>): Promise<void>
  stop(): Promise<void>
}

/** Why there can be no RabbitMQ here; undefined when there can. */
export async function missingRabbitMq(): Promise<string | undefined> {
  const present = await which('rabbitmqctl') !== undefined && await which('epmd') !== undefined && await which('setpriv') !== undefined
  return present ? undefined : 'rabbitmq-server is not installed (`./nacre test` as root installs it)'
}

/** Starts a private RabbitMQ. Throws `DaemonFailed`. */
export async function startRabbitMq(): Promise<RabbitMq> {
  return await withFreshPorts('rabbitmq', async (folder) => {
    const ports = { amqp: await freePort(), distribution: await freePort(), epmd: await freePort() }
    const password = randomBytes(12).toString('hex')
    await writeConfig(folder, ports.amqp, password)
    const env = brokerEnv(folder, ports)
    const mapper = await startMapper(folder, ports.epmd, env)
    let broker: Daemon
    try {
      broker = await startBroker(folder, env)
    } catch (error) {
      await mapper.stop()
      throw error
    }
    return {
      url: `amqp://nacre:${password}@127.0.0.1:${ports.amqp}`,
      restart: async (whileAway) => {
        await broker.stop()
        await whileAway?.()
        broker = await startBroker(folder, env)
      },
      stop: async () => {
        await broker.stop()
        await mapper.stop()
        await rm(folder, { recursive: true, force: true })
      },
    }
  })
}

async function writeConfig(folder: string, port: number, password: string): Promise<void> {
  const file = join(folder, 'rabbitmq.conf')
  await writeFile(file, [
    `listeners.tcp.1 = 127.0.0.1:${port}`, 'default_user = nacre', `default_pass = ${password}`,
    'log.console = true', 'log.console.level = info', 'log.file = false',
    // A test machine may be short of both; the broker would then block publishers for good.
    'disk_free_limit.absolute = 1MB', 'vm_memory_high_watermark.absolute = 512MB', '',
  ].join('\n'), { mode: 0o600 })
  await giveToDaemon(file)
}

function brokerEnv(folder: string, ports: { distribution: number; epmd: number }): Record<string, string> {
  return {
    HOME: folder,
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(folder, 'advanced.config'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    // A long name that is an address: nothing to resolve, whatever /etc/hosts holds.
    RABBITMQ_USE_LONGNAME: 'true',
    RABBITMQ_NODENAME: 'nacre@127.0.0.1',
    RABBITMQ_DIST_PORT: String(ports.distribution),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    ERL_EPMD_PORT: String(ports.epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    // The script then becomes the Erlang machine instead of a shell that waits for one.
    RUNNING_UNDER_SYSTEMD: '1',
  }
}

async function startBroker(folder: string, env: Record<string, string>): Promise<Daemon> {
  return await startDaemon({ program: SERVER, args: [], env, folder, readyText: 'Server startup complete' })
}

/** epmd says nothing unless asked to, and with two `-d` it says when it listens. */
async function startMapper(folder: string, port: number, env: Record<string, string>): Promise<Daemon> {
  const mapper = await startDaemon({ program: 'epmd', args: ['-d', '-d', '-port', String(port), '-address', '127.0.0.1'], env, folder, readyText: 'entering the main select() loop' })
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.destroy()
  return mapper
}
