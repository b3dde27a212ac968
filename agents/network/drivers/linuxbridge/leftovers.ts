/**
 * What is on the host with this cloud's mark though nobody wants it: devices by their alias, DHCP and routers by
 * their folder in the state directory (a namespace has no mark of its own).
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { HostShell } from './host-shell.ts'
import type { Names } from './names.ts'
import type { Links } from './observe.ts'
import { Plan } from './plan.ts'

/** Ids of what was made under a folder of the state directory. */
export async function madeIds(stateDir: string, kind: 'dhcp' | 'routers'): Promise<string[]> {
  try {
    return await readdir(join(stateDir, kind))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Devices with our mark that are not `wanted`. Cables first: a bridge goes last. */
export function planStrayDevices(links: Links, wanted: ReadonlySet<string>, names: Names, shell: HostShell): Plan[] {
  const stray = [...links.values()].filter((link) => link.alias === names.alias && !wanted.has(link.name))
  return stray.sort((a, b) => Number(a.kind === 'bridge') - Number(b.kind === 'bridge'))
    .map((link) => new Plan('network', link.name).wrong(`${link.name} belongs to nothing that is wanted`).run(async () => { await shell.deleteLink(link.name) }))
}

/** Namespaces whose folder is lost are found by the devices in them. */
export async function namespacesWithMark(shell: HostShell, names: Names, links: Links): Promise<string[]> {
  const suffix = shell.netns === undefined ? '' : `-${shell.netns}`
  const found: string[] = []
  for (const ns of await shell.namespaces()) {
    if (!/^q(dhcp|router)-/.test(ns) || !ns.endsWith(suffix)) continue
    const inner = await shell.ipJson<{ ifname: string }>(['link', 'show'], ns)
    const outer = inner.map(({ ifname }) => `tap${ifname.replace(/^(qr|qg|ns)-/, '')}`)
    if (outer.some((name) => links.get(name)?.alias === names.alias)) found.push(ns)
  }
  return found
}
