/** What a user may choose about a cloud on the command line, checked before anything is begun or written down. */
import { isIPv4 } from 'node:net'
import { Misuse } from './refusal.ts'
import type { CloudSettings } from './settings.ts'

export interface GivenOptions { portBase?: string; hypervisor?: string; host?: string; publicHost?: string; database?: string; bus?: string; region?: string; externalCidr?: string }

/** Only what was given: what is absent stays as the cloud has it. Throws `Misuse`. */
export function settingsFrom(options: GivenOptions): Partial<CloudSettings> {
  const given: Partial<CloudSettings> = {}
  if (options.hypervisor !== undefined) {
    if (options.hypervisor !== 'libvirt' && options.hypervisor !== 'fake') throw new Misuse(`there is no hypervisor driver '${options.hypervisor}'`, 'choose libvirt or fake')
    given.hypervisor = options.hypervisor
  }
  if (options.portBase !== undefined) given.portBase = portBaseOf(options.portBase)
  if (options.host !== undefined) {
    if (!isIPv4(options.host)) throw new Misuse(`--host ${options.host} is not an IPv4 address`, 'give an address of this machine, or 0.0.0.0 for all it has; a name for clients goes with --public-host')
    Object.assign(given, { listenHost: options.host, publicHost: options.host === '0.0.0.0' ? '127.0.0.1' : options.host })
  }
  if (options.publicHost !== undefined) given.publicHost = fitting('--public-host', options.publicHost, /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/, 'a host name or an IPv4 address, as in --public-host cloud.example.org')
  if (options.database !== undefined) given.database = fitting('--database', options.database, /^(sqlite|mysql:\/\/\S+)$/, 'sqlite, or mysql://user:password@host:port')
  if (options.bus !== undefined) given.bus = fitting('--bus', options.bus, /^(memory|amqps?:\/\/\S+)$/, 'memory, or amqp://user:password@host:port')
  if (options.region !== undefined) given.region = fitting('--region', options.region, /^[^\s/]{1,255}$/, 'a name without blanks or slashes, as in --region RegionOne')
  if (options.externalCidr !== undefined) given.externalCidr = externalCidrOf(options.externalCidr)
  return given
}

/** The first of a row of ports. */
export function portBaseOf(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1024 || port > 65_000) throw new Misuse(`--port-base ${text} is not a port between 1024 and 65000`, 'for example --port-base 15000')
  return port
}

/** The value is not repeated: it may hold a password. */
function fitting(option: string, value: string, pattern: RegExp, wanted: string): string {
  if (!pattern.test(value) || (value.includes('://') && !URL.canParse(value))) throw new Misuse(`what ${option} was given does not fit`, wanted)
  return value
}

/** A network with room for the host, a router and a floating IP, named by its own address. */
function externalCidrOf(text: string): string {
  const [address = '', prefixText = ''] = text.split('/')
  const prefix = /^\d+$/.test(prefixText) ? Number(prefixText) : 0
  if (!isIPv4(address) || prefix < 8 || prefix > 29) throw new Misuse(`--external-cidr ${text} is not an IPv4 network between /8 and /29`, 'for example --external-cidr 172.24.4.0/24')
  const bits = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  if (bits % 2 ** (32 - prefix) !== 0) throw new Misuse(`--external-cidr ${text} has bits to the right of its prefix`, 'give the address of the network itself, as in 172.24.4.0/24')
  return text
}
