import { HostUnable, type Applied, type CleanupLevel, type Difference, type DriverEvents, type DriverOptions, type NetworkDriver, type Scope, type Wanted } from '../driver.ts'

export class LinuxBridgeDriver implements NetworkDriver {
  readonly name = 'linuxbridge'
  readonly capabilities = { wiresPorts: true, networkTypes: ['flat', 'vlan', 'vxlan', 'local'] as ('flat' | 'vlan' | 'vxlan' | 'local')[], securityGroups: true }
  constructor(_options: DriverOptions) {}
  async start(_events: DriverEvents): Promise<void> { throw new HostUnable('the linuxbridge driver is being built') }
  async apply(_wanted: Wanted, _scope: Scope): Promise<Applied> { throw new HostUnable('the linuxbridge driver is being built') }
  async check(_wanted: Wanted): Promise<Difference[]> { throw new HostUnable('the linuxbridge driver is being built') }
  async stop(): Promise<void> {}
  async cleanup(_level: CleanupLevel): Promise<void> {}
}
