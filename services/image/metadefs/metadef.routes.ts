/** The URL map of metadata definitions. */
import { inHandler, route } from '#core/http/route.ts'
import * as items from './metadef-items.handlers.ts'
import { createNamespace, deleteNamespaceHandler, listNamespacesHandler, showNamespace, updateNamespaceHandler } from './namespaces.handlers.ts'

const NAMESPACE = '/v2/metadefs/namespaces/:namespace'

export const metadefRoutes = [
  route('GET', '/v2/metadefs/namespaces', listNamespacesHandler, { policy: inHandler('get_metadef_namespaces', 'get_metadef_namespace', 'list_metadef_resource_types') }),
  route('POST', '/v2/metadefs/namespaces', createNamespace, { policy: inHandler('add_metadef_namespace'), status: 201 }),
  route('GET', NAMESPACE, showNamespace, { policy: inHandler('get_metadef_namespace') }),
  route('PUT', NAMESPACE, updateNamespaceHandler, { policy: inHandler('modify_metadef_namespace') }),
  route('DELETE', NAMESPACE, deleteNamespaceHandler, { policy: inHandler('delete_metadef_namespace'), status: 204 }),
  route('GET', `${NAMESPACE}/objects`, items.listItemsHandler('object', 'get_metadef_objects'), { policy: inHandler('get_metadef_objects') }),
  route('POST', `${NAMESPACE}/objects`, items.createItem('object', 'add_metadef_object'), { policy: inHandler('add_metadef_object'), status: 201 }),
  route('DELETE', `${NAMESPACE}/objects`, items.deleteItemsHandler('object', 'delete_metadef_namespace'), { policy: inHandler('delete_metadef_namespace'), status: 204 }),
  route('GET', `${NAMESPACE}/objects/:name`, items.showItem('object', 'get_metadef_object'), { policy: inHandler('get_metadef_object') }),
  route('PUT', `${NAMESPACE}/objects/:name`, items.updateItemHandler('object', 'modify_metadef_object'), { policy: inHandler('modify_metadef_object') }),
  route('DELETE', `${NAMESPACE}/objects/:name`, items.deleteItemHandler('object', 'delete_metadef_object'), { policy: inHandler('delete_metadef_object'), status: 204 }),
  route('GET', `${NAMESPACE}/properties`, items.listItemsHandler('property', 'get_metadef_properties'), { policy: inHandler('get_metadef_properties') }),
  route('POST', `${NAMESPACE}/properties`, items.createItem('property', 'add_metadef_property'), { policy: inHandler('add_metadef_property'), status: 201 }),
  route('DELETE', `${NAMESPACE}/properties`, items.deleteItemsHandler('property', 'delete_metadef_namespace'), { policy: inHandler('delete_metadef_namespace'), status: 204 }),
  route('GET', `${NAMESPACE}/properties/:name`, items.showProperty, { policy: inHandler('get_metadef_property') }),
  route('PUT', `${NAMESPACE}/properties/:name`, items.updateItemHandler('property', 'modify_metadef_property'), { policy: inHandler('modify_metadef_property') }),
  route('DELETE', `${NAMESPACE}/properties/:name`, items.deleteItemHandler('property', 'remove_metadef_property'), { policy: inHandler('remove_metadef_property'), status: 204 }),
  route('GET', `${NAMESPACE}/tags`, items.listItemsHandler('tag', 'get_metadef_tags'), { policy: inHandler('get_metadef_tags') }),
  route('POST', `${NAMESPACE}/tags`, items.createTags, { policy: inHandler('add_metadef_tags'), status: 201 }),
  route('DELETE', `${NAMESPACE}/tags`, items.deleteItemsHandler('tag', 'delete_metadef_namespace', 'delete_metadef_tags'), { policy: inHandler('delete_metadef_tags'), status: 204 }),
  route('GET', `${NAMESPACE}/tags/:name`, items.showItem('tag', 'get_metadef_tag'), { policy: inHandler('get_metadef_tag') }),
  route('POST', `${NAMESPACE}/tags/:name`, items.createTag, { policy: inHandler('add_metadef_tag'), status: 201, bodyMode: 'none' }),
  route('PUT', `${NAMESPACE}/tags/:name`, items.updateItemHandler('tag', 'modify_metadef_tag'), { policy: inHandler('modify_metadef_tag') }),
  route('DELETE', `${NAMESPACE}/tags/:name`, items.deleteItemHandler('tag', 'delete_metadef_tag'), { policy: inHandler('delete_metadef_tag'), status: 204 }),
  route('GET', `${NAMESPACE}/resource_types`, items.listAssociationsHandler, { policy: inHandler('list_metadef_resource_types') }),
  route('POST', `${NAMESPACE}/resource_types`, items.createAssociation, { policy: inHandler('add_metadef_resource_type_association'), status: 201 }),
  route('DELETE', `${NAMESPACE}/resource_types/:name`, items.deleteAssociationHandler, { policy: inHandler('remove_metadef_resource_type_association'), status: 204 }),
  route('GET', '/v2/metadefs/resource_types', items.listResourceTypesHandler, { policy: inHandler('list_metadef_resource_types') }),
]
