/**
 * A host shows up in `openstack network agent list` as the four agents users know from the Linux bridge reference
 * architecture, each with the configuration keys that clients read. One process plays all four.
 */
import type { DriverOptions, Wanted } from './drivers/driver.ts'

export interface AgentReport { binary: string; agentType: string; topic: string; configurations: Record<string, unknown> }

/** The report of one heartbeat. `upstreamUrl` is where metadata requests go. */
export function agentReports(options: Pick<DriverOptions, 'tunnelIp' | 'bridgeMappings'>, wanted: Wanted, upstreamUrl: string | undefined): AgentReport[] {
  return [bridgeAgent(options, wanted), dhcpAgent(wanted), l3Agent(wanted), metadataAgent(upstreamUrl)]
}

function bridgeAgent(options: Pick<DriverOptions, 'tunnelIp' | 'bridgeMappings'>, wanted: Wanted): AgentReport {
  return {
    binary: 'neutron-linuxbridge-agent', agentType: 'Linux bridge agent', topic: 'N/A',
    configurations: {
      tunneling_ip: options.tunnelIp ?? '', tunnel_types: options.tunnelIp === null ? [] : ['vxlan'], l2_population: true,
      bridge_mappings: options.bridgeMappings, interface_mappings: {}, extensions: [], devices: wanted.ports.length,
    },
  }
}

function dhcpAgent(wanted: Wanted): AgentReport {
  const served = wanted.networks.filter((network) => network.dhcp !== null)
  return {
    binary: 'neutron-dhcp-agent', agentType: 'DHCP agent', topic: 'dhcp_agent',
    configurations: {
      dhcp_driver: 'neutron.agent.linux.dhcp.Dnsmasq', dhcp_lease_duration: 86400, log_agent_heartbeats: false,
      networks: served.length, subnets: served.reduce((sum, network) => sum + network.subnets.length, 0),
      ports: served.reduce((sum, network) => sum + (network.dhcp?.leases.length ?? 0), 0),
    },
  }
}

function l3Agent(wanted: Wanted): AgentReport {
  const { routers } = wanted
  return {
    binary: 'neutron-l3-agent', agentType: 'L3 agent', topic: 'l3_agent',
    configurations: {
      agent_mode: 'legacy', handle_internal_only_routers: true, interface_driver: 'linuxbridge', log_agent_heartbeats: false, extensions: [],
      routers: routers.length, ex_gw_ports: routers.filter((router) => router.gateway !== null).length,
      interfaces: routers.reduce((sum, router) => sum + router.interfaces.length, 0),
      floating_ips: routers.reduce((sum, router) => sum + router.floatingIps.length, 0),
    },
  }
}

function metadataAgent(upstreamUrl: string | undefined): AgentReport {
  const url = upstreamUrl === undefined ? undefined : new URL(upstreamUrl)
  return {
    binary: 'neutron-metadata-agent', agentType: 'Metadata agent', topic: 'N/A',
    configurations: {
      metadata_proxy_socket: '', nova_metadata_host: url?.hostname ?? '', nova_metadata_port: Number(url?.port || 8775), log_agent_heartbeats: false,
    },
  }
}
