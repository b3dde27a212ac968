/** The host's capacity, capabilities and load, from what its driver says. */
import type { HostReportType } from '#services/compute/agent/compute-agent.contract.ts'
import type { ComputeDriver } from './drivers/driver.ts'

export interface HostIdentity { host: string; hypervisorHostname: string; hostIp: string }

export async function hostReport(driver: ComputeDriver, identity: HostIdentity): Promise<HostReportType> {
  const facts = await driver.facts()
  const guests = await driver.guests()
  return {
    ...facts,
    hypervisorHostname: identity.hypervisorHostname,
    hostIp: identity.hostIp,
    supportedDiskBuses: driver.capabilities.diskBuses,
    traits: driver.capabilities.traits,
    runningServers: guests.filter((guest) => guest.powerState === 'running' || guest.powerState === 'paused').length,
  }
}
