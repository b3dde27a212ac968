/**
 * Ends what a cloud left on a host. `processes` ends dnsmasq and radvd; devices, namespaces and rules stay, so
 * guests that still run keep talking. `everything` leaves no trace but the kernel's forwarding switch, which other
 * programs may rely on by now.
 */
import { join } from 'node:path'
import { removePath } from '#core/host/files.ts'
import type { CleanupLevel, DriverOptions } from '../driver.ts'
import { stopDaemon } from './daemon.ts'
import { dhcpFolder } from './dhcp/dhcp.ts'
import { removeForwardRules } from './forward-policy.ts'
import type { HostShell } from './host-shell.ts'
import { madeIds, namespacesWithMark, planStrayDevices } from './leftovers.ts'
import type { Names } from './names.ts'
import { observeLinks } from './observe.ts'
import { routerFolder } from './router/router.ts'

export async function cleanUp(level: CleanupLevel, options: DriverOptions, names: Names, shell: HostShell): Promise<void> {
  const { stateDir } = options
  for (const id of await madeIds(stateDir, 'dhcp')) await stopDaemon({ pidFile: join(dhcpFolder(stateDir, id), 'pid'), marker: dhcpFolder(stateDir, id) })
  for (const id of await madeIds(stateDir, 'routers')) await stopDaemon({ pidFile: join(routerFolder(stateDir, id), 'radvd.pid'), marker: routerFolder(stateDir, id) })
  if (level === 'processes') return
  await removeNamespaces(stateDir, names, shell)
  for (const plan of planStrayDevices(await observeLinks(shell), new Set(), names, shell)) {
    await plan.execute(shell).catch((error: unknown) => { shell.log.warn({ err: error, id: plan.id }, 'a device could not be removed') })
  }
  for (const [family, table] of [['bridge', names.l2Table], ['inet', names.groupTable], ['inet', names.natTable]]) {
    await shell.nft(`table ${family} ${table}\ndelete table ${family} ${table}\n`)
  }
  await removeForwardRules(names, shell)
  for (const part of ['dhcp', 'routers', 'firewall.json']) await removePath(join(stateDir, part))
}

async function removeNamespaces(stateDir: string, names: Names, shell: HostShell): Promise<void> {
  const wanted = new Set([
    ...(await madeIds(stateDir, 'dhcp')).map((id) => names.dhcpNamespace(id)), ...(await madeIds(stateDir, 'routers')).map((id) => names.routerNamespace(id)),
    ...await namespacesWithMark(shell, names, await observeLinks(shell)),
  ])
  const present = await shell.namespaces()
  for (const ns of wanted) if (present.has(ns)) await shell.netnsCommand('del', ns)
}
