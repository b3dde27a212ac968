/** Debian packages the conformance stage stands on: upstream's own clients and upstream's own test suite, as Debian ships them. */
import type { HostPackage } from '#core/host/host-package.ts'

export const conformancePackages: HostPackage[] = [
  { name: 'python3-openstackclient', reason: 'the official command line client, which walks through the install guide' },
  { name: 'tempest', reason: "upstream's test suite for OpenStack clouds" },
  { name: 'python3-stestr', reason: 'runs that suite in parallel' },
  { name: 'openssh-client', reason: 'ssh-keygen makes the key that the walk registers' },
]
