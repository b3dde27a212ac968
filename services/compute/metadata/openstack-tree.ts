/**
 * The OpenStack tree: `/openstack/<version>/…`. A version is a date; each file came with one.
 * https://docs.openstack.org/nova/zed/user/metadata.html
 */
import type { GuestFacts } from './guest-facts.ts'
import { networkData } from './network-data.ts'

export const OPENSTACK_VERSIONS = ['2012-08-10', '2013-04-04', '2013-10-17', '2015-10-15', '2016-06-30', '2016-10-06', '2017-02-22', '2018-08-27', '2020-10-14'] as const
const GRIZZLY = '2013-04-04'
const HAVANA = '2013-10-17'
const LIBERTY = '2015-10-15'
const NEWTON = '2016-06-30'
const NEWTON_TWO = '2016-10-06'
const VICTORIA = '2020-10-14'

/** Injected files are numbered. */
export function contentName(at: number): string {
  return String(at).padStart(4, '0')
}

export function isOpenstackVersion(word: string): boolean {
  return word === 'latest' || (OPENSTACK_VERSIONS as readonly string[]).includes(word)
}

function dated(version: string): string {
  return version === 'latest' ? OPENSTACK_VERSIONS.at(-1)! : version
}

/** Names in the listing of a version. */
export function openstackListing(facts: GuestFacts, version: string): string[] {
  const at = dated(version)
  return [
    'meta_data.json', ...(facts.userData === null ? [] : ['user_data']), ...(at >= GRIZZLY ? ['password'] : []), ...(at >= HAVANA ? ['vendor_data.json'] : []),
    ...(at >= LIBERTY ? ['network_data.json'] : []), ...(at >= NEWTON_TWO ? ['vendor_data2.json'] : []),
  ]
}

/** Files of a version with their content; the password is not a file. */
export function openstackFiles(facts: GuestFacts, version: string): Map<string, string | Buffer> {
  const at = dated(version)
  const files = new Map<string, string | Buffer>([['meta_data.json', JSON.stringify(metaData(facts, at))]])
  if (facts.userData !== null) files.set('user_data', facts.userData)
  if (at >= HAVANA) files.set('vendor_data.json', JSON.stringify(facts.vendorData))
  if (at >= LIBERTY) files.set('network_data.json', JSON.stringify(networkData(facts)))
  if (at >= NEWTON_TWO) files.set('vendor_data2.json', JSON.stringify({ static: facts.vendorData }))
  return files
}

function metaData(facts: GuestFacts, at: string): object {
  return {
    uuid: facts.serverId,
    ...(Object.keys(facts.metadata).length > 0 ? { meta: facts.metadata } : {}),
    ...(facts.files.length > 0 ? { files: facts.files.map((file, index) => ({ content_path: `/content/${contentName(index)}`, path: file.path })) } : {}),
    ...(facts.adminPass === null ? {} : { admin_pass: facts.adminPass }),
    ...(facts.key === null ? {} : { public_keys: { [facts.key.name]: facts.key.data }, keys: [{ name: facts.key.name, type: facts.key.type, data: facts.key.data }] }),
    hostname: facts.hostname, name: facts.name, launch_index: facts.launchIndex, availability_zone: facts.zone,
    ...(at >= GRIZZLY ? { random_seed: facts.randomSeed } : {}),
    ...(at >= LIBERTY ? { project_id: facts.projectId } : {}),
    ...(at >= NEWTON ? { devices: taggedDevices(facts) } : {}),
    ...(at >= VICTORIA ? { dedicated_cpus: [] } : {}),
  }
}

/** NICs and disks that the user tagged, so that the guest can tell them apart. */
function taggedDevices(facts: GuestFacts): object[] {
  const nics = facts.vifs.filter((vif) => vif.tag !== null).map((vif) => ({ type: 'nic', mac: vif.mac, bus: 'none', address: 'none', tags: [vif.tag] }))
  const disks = facts.disks.filter((disk) => disk.tag !== null).map((disk) => ({ type: 'disk', path: disk.deviceName, bus: 'none', address: 'none', tags: [disk.tag] }))
  return [...nics, ...disks]
}
