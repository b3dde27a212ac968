/** Filters, sort keys and paging of server lists, latest. */
import { Type } from '#core/schema/schema.ts'
import { AnyText, LimitValue, many, querySchema, Regex } from '../schema/parameter-types.ts'

const Instant = Type.String({ format: 'date-time' })

export const SERVER_SORT_KEYS = ['access_ip_v4', 'access_ip_v6', 'auto_disk_config', 'availability_zone', 'config_drive', 'created_at', 'display_description',
  'display_name', 'host', 'hostname', 'image_ref', 'instance_type_id', 'kernel_id', 'key_name', 'launch_index', 'launched_at', 'locked_by', 'node', 'power_state',
  'progress', 'project_id', 'ramdisk_id', 'root_device_name', 'task_state', 'terminated_at', 'updated_at', 'user_id', 'uuid', 'vm_state'] as const

/** Were accepted before 2.75, and never meant anything. */
export const IGNORED_SORT_KEYS = ['architecture', 'cell_name', 'cleaned', 'default_ephemeral_device', 'default_swap_device', 'deleted', 'deleted_at', 'disable_terminate',
  'ephemeral_gb', 'ephemeral_key_uuid', 'id', 'key_data', 'launched_on', 'locked', 'memory_mb', 'os_type', 'reservation_id', 'root_gb', 'shutdown_terminate',
  'user_data', 'vcpus', 'vm_mode'] as const

export function sortKeys(keys: readonly string[]) {
  return many(Type.Unsafe<string>({ type: 'string', enum: [...keys] }))
}

const exact = ['user_id', 'project_id', 'tenant_id', 'launch_index', 'image_ref', 'image', 'vm_state', 'task_state', 'host', 'uuid', 'sort_dir', 'all_tenants',
  'soft_deleted', 'deleted', 'status', 'locked', 'block_device_mapping', 'services', 'metadata', 'system_metadata', 'info_cache', 'security_groups', 'pci_devices', 'marker']
const regex = ['kernel_id', 'ramdisk_id', 'hostname', 'key_name', 'power_state', 'node', 'flavor', 'reservation_id', 'launched_at', 'terminated_at', 'availability_zone',
  'name', 'display_name', 'description', 'display_description', 'locked_by', 'root_device_name', 'config_drive', 'access_ip_v4', 'access_ip_v6', 'auto_disk_config',
  'progress', 'ip', 'ip6', 'created_at', 'tags', 'tags-any', 'not-tags', 'not-tags-any']

export const ServerListQuery = querySchema({
  ...Object.fromEntries(exact.map((name) => [name, many(AnyText)])),
  ...Object.fromEntries(regex.map((name) => [name, many(Regex)])),
  sort_key: sortKeys(['locked', ...SERVER_SORT_KEYS]),
  limit: many(LimitValue),
  'changes-since': many(Instant), 'changes-before': many(Instant),
}, false, { '^_': Type.Array(AnyText) })
