/** Availability zones: for users, and for operators with the hosts in them. */
import { INTERNAL_ZONE, listServices } from '../compute-services/services.ts'
import type { ComputeContext } from '../context.ts'
import { zonesView } from './zone.view.ts'

export async function listZones(ctx: ComputeContext): Promise<object> {
  return zonesView(await listServices(ctx), INTERNAL_ZONE, false)
}

export async function listZonesDetail(ctx: ComputeContext): Promise<object> {
  return zonesView(await listServices(ctx), INTERNAL_ZONE, true)
}
