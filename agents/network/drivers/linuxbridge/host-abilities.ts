/**
 * Whether this host can be a network host, asked once at start. Each refusal names the missing thing and the way
 * to get it.
 */
import { access } from 'node:fs/promises'
import { ProgramFailed, run, which } from '#core/host/run.ts'
import { HostUnable } from '../driver.ts'
import type { HostShell } from './host-shell.ts'

const PROGRAMS: Record<string, string> = {
  ip: 'iproute2', bridge: 'iproute2', nft: 'nftables', dnsmasq: 'dnsmasq-base', conntrack: 'conntrack', radvd: 'radvd', arping: 'iputils-arping', sysctl: 'procps',
}

/** What the firewall needs of nftables and the kernel, checked without loading it. */
const PROBE = `table bridge nacre_probe {
map marks { type ifname : mark; }
set own { type ifname . ether_addr . ipv4_addr; }
chain in { type filter hook prerouting priority -300; policy accept; iifname . ether saddr . ip saddr @own meta mark set iifname map @marks; }
}
table inet nacre_probe {
map zones { typeof iifname : ct zone; }
chain zoning { type filter hook prerouting priority -300; policy accept; ct zone set iifname map @zones; }
chain out { type nat hook postrouting priority 100; policy accept; ip saddr 192.0.2.0/24 masquerade; }
}
`

export async function requireHostAbilities(shell: HostShell): Promise<void> {
  if (process.getuid?.() !== 0) throw new HostUnable('the linuxbridge driver changes the host\'s network and must run as root; use the driver "fake" to try the API without')
  const missing: string[] = []
  for (const [program, debian] of Object.entries(PROGRAMS)) if (await which(program) === undefined) missing.push(`${program} (package ${debian})`)
  if (missing.length > 0) throw new HostUnable(`programs are missing on this host: ${missing.join(', ')}`)
  await requireBridgeFilter(shell)
  await requireNft(shell)
}

async function requireBridgeFilter(shell: HostShell): Promise<void> {
  if (!await bridgeFilterPresent() && await which('modprobe') !== undefined) await run('modprobe', ['br_netfilter']).catch(() => {})
  if (!await bridgeFilterPresent()) {
    throw new HostUnable('the kernel has no br_netfilter, which security groups need to see bridged packets: load it (modprobe br_netfilter), or choose a kernel that has it')
  }
  await shell.sysctl({ 'net.bridge.bridge-nf-call-iptables': 1, 'net.bridge.bridge-nf-call-ip6tables': 1, 'net.bridge.bridge-nf-call-arptables': 0 })
}

async function bridgeFilterPresent(): Promise<boolean> {
  return await access('/proc/sys/net/bridge/bridge-nf-call-iptables').then(() => true, () => false)
}

async function requireNft(shell: HostShell): Promise<void> {
  try {
    await run('nft', ['-c', '-f', '-'], { input: PROBE, netns: shell.netns, log: shell.log })
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error
    throw new HostUnable(`nftables or the kernel cannot do what the firewall needs (bridge and inet tables, conntrack zones, NAT): ${error.stderr.trim().slice(0, 400)}`, { cause: error })
  }
}
