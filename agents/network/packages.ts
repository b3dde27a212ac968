/**
 * What the network agent needs from the distribution (names of Debian 12), each with the reason a user is told.
 * The fake driver needs nothing.
 */
import type { HostPackage } from '#core/host/host-package.ts'

export const networkPackages: HostPackage[] = [
  { name: 'iproute2', reason: 'makes bridges, VXLAN tunnels, veth pairs and namespaces' },
  { name: 'nftables', reason: 'filters for security groups, translates addresses for routers and floating IPs' },
  { name: 'dnsmasq-base', reason: 'answers DHCP and DNS in tenant networks' },
  { name: 'conntrack', reason: 'ends connections that a removed rule or floating IP no longer allows' },
  { name: 'radvd', reason: 'announces IPv6 prefixes from routers' },
  { name: 'iputils-arping', reason: 'tells neighbours at once where a floating IP lives' },
  { name: 'procps', reason: 'sets kernel switches inside namespaces' },
  { name: 'kmod', reason: 'loads br_netfilter, vxlan and nf_conntrack where they are modules' },
]
