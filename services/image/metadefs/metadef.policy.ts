/** Who may do what with metadata definitions: everybody reads what is public, administrators write. */
import { definePolicies, type PolicyRule } from '#core/policy/policy.ts'

const OPEN = "project_id:%(project_id)s or 'public':%(visibility)s"
const READ = `role:admin or (role:reader and (${OPEN}))`
const NAMESPACE = '/v2/metadefs/namespaces/{namespace}'

function read(name: string, description: string, ...operations: string[]): PolicyRule {
  return { name, check: READ, deprecatedCheck: OPEN, scopes: ['project'], description, operations }
}

function write(name: string, description: string, ...operations: string[]): PolicyRule {
  return { name, check: 'rule:metadef_admin', scopes: ['project'], description, operations }
}

export const metadefPolicies = definePolicies([
  { name: 'metadef_default', check: '', description: 'Kept for policy files that name it.' },
  { name: 'metadef_admin', check: 'role:admin', description: 'Who keeps metadata definitions.' },
  { ...read('get_metadef_namespaces', 'List namespaces.', 'GET /v2/metadefs/namespaces'), check: 'role:admin or (role:reader and project_id:%(project_id)s)', deprecatedCheck: 'project_id:%(project_id)s' },
  read('get_metadef_namespace', 'Show a namespace.', `GET ${NAMESPACE}`),
  write('modify_metadef_namespace', 'Change a namespace.', `PUT ${NAMESPACE}`),
  write('add_metadef_namespace', 'Create a namespace.', 'POST /v2/metadefs/namespaces'),
  write('delete_metadef_namespace', 'Delete a namespace, or what is in it.', `DELETE ${NAMESPACE}`, `DELETE ${NAMESPACE}/objects`, `DELETE ${NAMESPACE}/properties`),
  read('get_metadef_object', 'Show an object.', `GET ${NAMESPACE}/objects/{object_name}`),
  read('get_metadef_objects', 'List objects.', `GET ${NAMESPACE}/objects`),
  write('modify_metadef_object', 'Change an object.', `PUT ${NAMESPACE}/objects/{object_name}`),
  write('add_metadef_object', 'Create an object.', `POST ${NAMESPACE}/objects`),
  write('delete_metadef_object', 'Delete an object.', `DELETE ${NAMESPACE}/objects/{object_name}`),
  read('list_metadef_resource_types', 'List resource types.', 'GET /v2/metadefs/resource_types', `GET ${NAMESPACE}/resource_types`),
  read('get_metadef_resource_type', 'Show a resource type of a namespace.', `GET ${NAMESPACE}/resource_types`),
  write('add_metadef_resource_type_association', 'Apply a namespace to a resource type.', `POST ${NAMESPACE}/resource_types`),
  write('remove_metadef_resource_type_association', 'Take a resource type from a namespace.', `DELETE ${NAMESPACE}/resource_types/{name}`),
  read('get_metadef_property', 'Show a property.', `GET ${NAMESPACE}/properties/{property_name}`),
  read('get_metadef_properties', 'List properties.', `GET ${NAMESPACE}/properties`),
  write('modify_metadef_property', 'Change a property.', `PUT ${NAMESPACE}/properties/{property_name}`),
  write('add_metadef_property', 'Create a property.', `POST ${NAMESPACE}/properties`),
  write('remove_metadef_property', 'Delete a property.', `DELETE ${NAMESPACE}/properties/{property_name}`),
  read('get_metadef_tag', 'Show a tag.', `GET ${NAMESPACE}/tags/{tag_name}`),
  read('get_metadef_tags', 'List tags.', `GET ${NAMESPACE}/tags`),
  write('modify_metadef_tag', 'Change a tag.', `PUT ${NAMESPACE}/tags/{tag_name}`),
  write('add_metadef_tag', 'Create a tag.', `POST ${NAMESPACE}/tags/{tag_name}`),
  write('add_metadef_tags', 'Create several tags.', `POST ${NAMESPACE}/tags`),
  write('delete_metadef_tag', 'Delete a tag.', `DELETE ${NAMESPACE}/tags/{tag_name}`),
  write('delete_metadef_tags', 'Delete all tags.', `DELETE ${NAMESPACE}/tags`),
])
