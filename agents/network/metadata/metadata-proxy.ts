/**
 * The metadata service's way in. A guest asks 169.254.169.254 inside its network; the request arrives here on a
 * socket that was made in the router's or the DHCP namespace, so the place it came through is known and overlapping
 * addresses are no riddle. The control plane names the port behind the source address; the request goes on to the
 * compute service's metadata API with the server's id and a signature over it (HMAC-SHA256 with the shared secret),
 * as upstream's metadata agent sends them: https://docs.openstack.org/nova/zed/admin/metadata-service.html
 */
import { createHmac } from 'node:crypto'
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Server } from 'node:net'
import type { Log } from '#core/log/log.ts'
import type { MetadataListener, MetadataPlace } from '../drivers/driver.ts'

export interface MetadataProxyOptions {
  sharedSecret: string
  /** `http://host:port` of the metadata API. */
  upstreamUrl: string
  portByAddress(question: { ipAddress: string } & MetadataPlace): Promise<{ portId: string; deviceId: string; projectId: string } | null>
  log: Log
}

/** An owner is remembered this long: a booting guest asks dozens of times, but an address may soon be another's. */
const OWNER_MS = 1_000
const UPSTREAM_TIMEOUT_MS = 60_000
/** Headers that only this proxy may set. */
const OURS = ['x-instance-id', 'x-tenant-id', 'x-instance-id-signature', 'x-forwarded-for', 'x-neutron-router-id', 'x-neutron-network-id', 'connection']

type Owner = { portId: string; deviceId: string; projectId: string } | null

export class MetadataProxy implements MetadataListener {
  readonly #options: MetadataProxyOptions
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 })
  readonly #owners = new Map<string, { until: number; owner: Promise<Owner> }>()
  readonly #closers = new Set<() => Promise<void>>()

  constructor(options: MetadataProxyOptions) { this.#options = options }

  /** Serves a socket that listens already. The answer closes it. */
  async listen(socket: Server, place: MetadataPlace): Promise<() => Promise<void>> {
    const server = createServer((incoming, response) => {
      this.#answer(incoming, response, place).catch((error: unknown) => {
        this.#options.log.warn({ err: error, ...place }, 'a metadata request failed')
        if (response.headersSent) response.destroy()
        else refuse(response, 500)
      })
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(socket, resolve)
    })
    const close = async (): Promise<void> => {
      this.#closers.delete(close)
      server.closeAllConnections()
      await new Promise<void>((resolve) => { server.close(() => { resolve() }) })
      socket.close()
    }
    this.#closers.add(close)
    return close
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#closers].map(async (close) => { await close() }))
    this.#agent.destroy()
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse, place: MetadataPlace): Promise<void> {
    const ipAddress = (incoming.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
    const owner = await this.#owner(ipAddress, place)
    if (owner === null) {
      this.#options.log.info({ ipAddress, ...place }, 'a metadata request from an address that belongs to no port, or to two')
      refuse(response, 404)
      return
    }
    await this.#forward(incoming, response, ipAddress, owner)
  }

  async #forward(incoming: IncomingMessage, response: ServerResponse, ipAddress: string, owner: NonNullable<Owner>): Promise<void> {
    const url = new URL(this.#options.upstreamUrl)
    const headers = Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => !OURS.includes(name)))
    const signature = createHmac('sha256', this.#options.sharedSecret).update(owner.deviceId).digest('hex')
    const onward = request({
      agent: this.#agent, hostname: url.hostname, port: url.port || 80, method: incoming.method, path: incoming.url, timeout: UPSTREAM_TIMEOUT_MS,
      headers: { ...headers, 'X-Forwarded-For': ipAddress, 'X-Instance-ID': owner.deviceId, 'X-Tenant-ID': owner.projectId, 'X-Instance-ID-Signature': signature },
    })
    await new Promise<void>((resolve) => {
      onward.on('response', (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
        answer.on('close', resolve)
      })
      onward.on('timeout', () => { onward.destroy(new Error('the metadata API did not answer in time')) })
      onward.on('error', (error) => {
        this.#options.log.warn({ err: error, upstreamUrl: this.#options.upstreamUrl }, 'the metadata API did not answer')
        if (!response.headersSent) refuse(response, 502)
        resolve()
      })
      incoming.pipe(onward)
    })
  }

  async #owner(ipAddress: string, place: MetadataPlace): Promise<Owner> {
    const key = `${place.networkId ?? ''}/${place.routerId ?? ''}/${ipAddress}`
    const now = performance.now()
    const known = this.#owners.get(key)
    if (known !== undefined && known.until > now) return await known.owner
    if (this.#owners.size > 10_000) this.#owners.clear()
    const owner = this.#options.portByAddress({ ipAddress, ...place })
    this.#owners.set(key, { until: now + OWNER_MS, owner })
    const found = await owner.catch((error: unknown) => { this.#owners.delete(key); throw error })
    if (found === null) this.#owners.delete(key)
    return found
  }
}

const SENTENCES: Record<number, string> = {
  404: 'The resource could not be found.', 500: 'An unknown error has occurred. Please try your request again.', 502: 'The metadata service is not reachable.',
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=UTF-8' })
  response.end(`${status} ${SENTENCES[status] ?? ''}\n`)
}
