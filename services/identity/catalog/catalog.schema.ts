/** Regions, services and endpoints as clients send them; attributes that are not named here are kept as they come. */
import { Type } from '#core/schema/schema.ts'
import { Description, Flag, Name, Nullable } from '../wire/types.schema.ts'

const region = { description: Type.Optional(Nullable(Description)), id: Type.Optional(Type.String({ maxLength: 255 })), parent_region_id: Type.Optional(Nullable(Type.String())) }
export const RegionCreate = Type.Object(region)
export const RegionUpdate = Type.Object(region, { minProperties: 1 })

const service = { enabled: Type.Optional(Flag), name: Type.Optional(Name) }
const ServiceType = Type.String({ minLength: 1, maxLength: 255 })
export const ServiceCreate = Type.Object({ ...service, type: ServiceType })
export const ServiceUpdate = Type.Object({ ...service, type: Type.Optional(ServiceType) }, { minProperties: 1 })

const Face = Type.Unsafe<'admin' | 'internal' | 'public'>({ type: 'string', enum: ['admin', 'internal', 'public'] })
const Url = Type.String({ minLength: 0, maxLength: 225, pattern: '^[a-zA-Z0-9+.-]+:.+' })
const endpoint = { enabled: Type.Optional(Flag), region_id: Type.Optional(Type.String()), region: Type.Optional(Type.String()) }
export const EndpointCreate = Type.Object({ ...endpoint, interface: Face, service_id: Type.String(), url: Url })
export const EndpointUpdate = Type.Object({ ...endpoint, interface: Type.Optional(Face), service_id: Type.Optional(Type.String()), url: Type.Optional(Url) }, { minProperties: 1 })

export const REGION_ATTRIBUTES = ['description', 'parent_region_id']
export const SERVICE_ATTRIBUTES = ['name', 'type', 'enabled']
export const ENDPOINT_ATTRIBUTES = ['interface', 'region_id', 'region', 'service_id', 'url', 'enabled', 'legacy_endpoint_id']
