/** Tables of the image service. Booleans are 0/1, instants ISO text. */
import type { ColumnType } from '#core/db/database.ts'

/** 64-bit numbers: both engines answer plain numbers for what fits. */
type Bytes = ColumnType<number | null, number | null, number | null>

export interface ImagesTable {
  id: string
  name: string | null
  status: string
  visibility: string
  protected: number
  os_hidden: number
  owner: string | null
  disk_format: string | null
  container_format: string | null
  size: Bytes
  virtual_size: Bytes
  min_disk: number
  min_ram: number
  checksum: string | null
  os_hash_algo: string | null
  os_hash_value: string | null
  /** Who fills it: the upload, staging or import under way. Its temporary file carries this id. */
  upload_id: string | null
  /** Until when that one is surely alive; renewed while bytes flow. */
  lease_until: string | null
  created_at: string
  updated_at: string
  deleted_at: string | null
}

export interface ImagePropertiesTable { image_id: string; name: string; value: string }
export interface ImageTagsTable { image_id: string; value: string }

export interface ImageMembersTable {
  image_id: string
  member: string
  status: string
  created_at: string
  updated_at: string
}

export interface TasksTable {
  id: string
  type: string
  status: string
  owner: string | null
  image_id: string | null
  user_id: string | null
  request_id: string | null
  input: string
  result: string | null
  message: string
  expires_at: string | null
  created_at: string
  updated_at: string
}

export interface MetadefNamespacesTable {
  id: string
  namespace: string
  display_name: string | null
  description: string | null
  visibility: string
  protected: number
  owner: string | null
  created_at: string
  updated_at: string
}

/** Objects, properties and tags of a namespace; `body` is JSON. */
export interface MetadefItemsTable { namespace_id: string; kind: string; name: string; body: string; created_at: string; updated_at: string }

export interface MetadefResourceTypesTable { name: string; created_at: string; updated_at: string }

export interface MetadefAssociationsTable {
  namespace_id: string
  resource_type: string
  prefix: string | null
  properties_target: string | null
  created_at: string
  updated_at: string
}

export interface ImageTables {
  metadef_namespaces: MetadefNamespacesTable
  metadef_items: MetadefItemsTable
  metadef_resource_types: MetadefResourceTypesTable
  metadef_associations: MetadefAssociationsTable
  images: ImagesTable
  image_properties: ImagePropertiesTable
  image_tags: ImageTagsTable
  image_members: ImageMembersTable
  tasks: TasksTable
}

/** An image as it is read. */
export interface ImageRow extends Omit<ImagesTable, 'size' | 'virtual_size'> { size: number | null; virtual_size: number | null }
