/** The EC2 tree: `/<version>/meta-data/…` and `/<version>/user-data`, as text with one name a line. */
import type { GuestFacts } from './guest-facts.ts'

export const EC2_VERSIONS = ['1.0', '2007-01-19', '2007-03-01', '2007-08-29', '2007-10-10', '2007-12-15', '2008-02-01', '2008-09-01', '2009-04-04'] as const

export type Tree = string | string[] | { [name: string]: Tree }

/** How a branch is called in the listing above it, where that is not its name and a slash. */
const LISTED_AS = Symbol('listed as')

export function isEc2Version(word: string): boolean {
  return word === 'latest' || (EC2_VERSIONS as readonly string[]).includes(word)
}

function since(version: string, first: string): boolean {
  const list: readonly string[] = EC2_VERSIONS
  return version === 'latest' || list.indexOf(version) >= list.indexOf(first)
}

function ec2Id(prefix: string, number: number): string {
  return `${prefix}-${number.toString(16).padStart(8, '0')}`
}

/** `meta-data` of a version. */
export function ec2Tree(facts: GuestFacts, version: string): { [name: string]: Tree } {
  const fixed = facts.vifs.flatMap((vif) => vif.fixedIps).find((ip) => ip.version === 4)?.address ?? ''
  const floating = facts.vifs.flatMap((vif) => vif.floatingIps)[0]?.address ?? ''
  const tree: { [name: string]: Tree } = {
    'ami-id': facts.imageRef === '' ? '' : `ami-${facts.imageRef.slice(0, 8)}`, 'ami-launch-index': String(facts.launchIndex), 'ami-manifest-path': 'FIXME',
    'instance-id': ec2Id('i', facts.number), hostname: facts.hostname, 'local-ipv4': fixed, 'reservation-id': facts.reservationId,
    'security-groups': facts.vifs.flatMap((vif) => vif.securityGroups.map((group) => group.name)),
  }
  if (facts.key !== null) tree['public-keys'] = { '0': Object.assign({ 'openssh-key': facts.key.data }, { [LISTED_AS]: `0=${facts.key.name}` }) }
  if (since(version, '2007-01-19')) Object.assign(tree, { 'local-hostname': facts.hostname, 'public-hostname': facts.hostname, 'public-ipv4': floating })
  if (since(version, '2007-08-29')) tree['instance-type'] = facts.flavor.name
  if (since(version, '2007-12-15')) {
    tree['block-device-mapping'] = blockDevices(facts)
    if (facts.kernelId !== '') tree['kernel-id'] = `aki-${facts.kernelId.slice(0, 8)}`
    if (facts.ramdiskId !== '') tree['ramdisk-id'] = `ari-${facts.ramdiskId.slice(0, 8)}`
  }
  if (since(version, '2008-02-01')) tree['placement'] = { 'availability-zone': facts.zone }
  if (since(version, '2008-09-01')) tree['instance-action'] = 'none'
  return tree
}

function blockDevices(facts: GuestFacts): { [name: string]: Tree } {
  const root = facts.disks.find((disk) => disk.role === 'root')?.deviceName ?? '/dev/vda'
  const mapping: { [name: string]: Tree } = { ami: root.replace('/dev/', ''), root }
  for (const [at, disk] of facts.disks.filter((d) => d.role === 'ephemeral').entries()) mapping[`ephemeral${at}`] = disk.deviceName.replace('/dev/', '')
  const swap = facts.disks.find((disk) => disk.role === 'swap')
  if (swap !== undefined) mapping['swap'] = swap.deviceName.replace('/dev/', '')
  return mapping
}

/** The latest tree as one document, for the config drive. */
export function ec2Document(facts: GuestFacts): object {
  return ec2Tree(facts, 'latest')
}

/** What is at a path; undefined when nothing is. */
export function findInTree(tree: Tree, path: readonly string[]): Tree | undefined {
  let at: Tree | undefined = tree
  for (const name of path) {
    if (typeof at === 'string' || Array.isArray(at) || at === undefined) return undefined
    at = Object.hasOwn(at, name) ? at[name] : undefined
  }
  return at
}

/** A branch as a listing, a leaf as its text. */
export function printTree(tree: Tree): string {
  if (typeof tree === 'string') return tree
  if (Array.isArray(tree)) return tree.join('\n')
  return Object.keys(tree).toSorted().map((name) => {
    const value = tree[name]!
    if (typeof value === 'string' || Array.isArray(value)) return name
    return (value as { [LISTED_AS]?: string })[LISTED_AS] ?? `${name}/`
  }).join('\n')
}
