/** The host's own resolvers, for the DNS of tenant networks. A stub on the loopback is no use in another namespace. */
import { readTextFile } from '#core/host/files.ts'

const FILES = ['/etc/resolv.conf', '/run/systemd/resolve/resolv.conf']

export async function hostResolvers(files: readonly string[] = FILES): Promise<string[]> {
  for (const file of files) {
    const servers = readResolvers(await readTextFile(file) ?? '')
    if (servers.length > 0) return servers
  }
  return []
}

/** Addresses behind `nameserver`, without loopback and link-local ones. */
export function readResolvers(text: string): string[] {
  return [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].map(([, address = '']) => address).filter((address) => !/^(127\.|::1$|fe80:)/i.test(address))
}
