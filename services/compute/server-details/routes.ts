/** What hangs on a server. */
import { inHandler, route } from '#core/http/route.ts'
import { Type } from '#core/schema/schema.ts'
import { closed, MAX_TAGS, Metadata, Tag, wrapped } from '../schema/parameter-types.ts'
import { attachVolume, clearPassword, listAddresses, listVolumeAttachments, showAddresses, showDiagnostics, showPassword, showTopology, showVolumeAttachment } from './details.handlers.ts'
import { actionListQuery, actionReplies, attachVolumeVersions, volumeAttachmentQuery } from './details.versions.ts'
import { createExternalEvents, externalEventVersions } from './external-events.handlers.ts'
import { listActions, showAction } from './instance-actions.handlers.ts'
import { addMetadata, listMetadata, removeMetadataItem, replaceMetadata, setMetadataItem, showMetadataItem } from './metadata.handlers.ts'
import { addTag, listTags, removeTag, removeTags, replaceTags, showTag } from './tags.handlers.ts'

const SERVER = '/v2.1/servers/:id'
const OneItem = Type.Unsafe<Record<string, string>>({ ...Metadata, minProperties: 1, maxProperties: 1 })
const metadata = (action: string) => inHandler(`os_compute_api:server-metadata:${action}`)
const tags = (action: string) => inHandler(`os_compute_api:os-server-tags:${action}`)
const rule = (name: string) => inHandler(`os_compute_api:${name}`)

export const serverDetailRoutes = [
  route('GET', `${SERVER}/metadata`, listMetadata, { policy: metadata('index') }),
  route('POST', `${SERVER}/metadata`, addMetadata, { policy: metadata('create'), body: wrapped('metadata', Metadata) }),
  route('PUT', `${SERVER}/metadata`, replaceMetadata, { policy: metadata('update_all'), body: wrapped('metadata', Metadata) }),
  route('GET', `${SERVER}/metadata/:key`, showMetadataItem, { policy: metadata('show') }),
  route('PUT', `${SERVER}/metadata/:key`, setMetadataItem, { policy: metadata('update'), body: wrapped('meta', OneItem) }),
  route('DELETE', `${SERVER}/metadata/:key`, removeMetadataItem, { policy: metadata('delete'), status: 204 }),
  route('GET', `${SERVER}/tags`, listTags, { policy: tags('index'), versions: '2.26-' }),
  route('PUT', `${SERVER}/tags`, replaceTags, { policy: tags('update_all'), body: closed({ tags: Type.Array(Tag, { maxItems: MAX_TAGS }) }), versions: '2.26-' }),
  route('DELETE', `${SERVER}/tags`, removeTags, { policy: tags('delete_all'), status: 204, versions: '2.26-' }),
  route('GET', `${SERVER}/tags/:tag`, showTag, { policy: tags('show'), status: 204, versions: '2.26-' }),
  route('PUT', `${SERVER}/tags/:tag`, addTag, { policy: tags('update'), versions: '2.26-' }),
  route('DELETE', `${SERVER}/tags/:tag`, removeTag, { policy: tags('delete'), status: 204, versions: '2.26-' }),
  route('GET', `${SERVER}/ips`, listAddresses, { policy: rule('ips:index') }),
  route('GET', `${SERVER}/ips/:label`, showAddresses, { policy: rule('ips:show') }),
  route('GET', `${SERVER}/diagnostics`, showDiagnostics, { policy: rule('os-server-diagnostics') }),
  route('GET', `${SERVER}/os-server-password`, showPassword, { policy: rule('os-server-password:show') }),
  route('DELETE', `${SERVER}/os-server-password`, clearPassword, { policy: rule('os-server-password:clear'), status: 204 }),
  route('GET', `${SERVER}/topology`, showTopology, { policy: inHandler('compute:server:topology:index'), versions: '2.78-' }),
  route('GET', `${SERVER}/os-instance-actions`, listActions, { policy: rule('os-instance-actions:list'), query: actionListQuery, response: actionReplies }),
  route('GET', `${SERVER}/os-instance-actions/:request`, showAction, { policy: rule('os-instance-actions:show'), response: actionReplies }),
  route('GET', `${SERVER}/os-volume_attachments`, listVolumeAttachments, { policy: rule('os-volumes-attachments:index'), query: volumeAttachmentQuery }),
  route('POST', `${SERVER}/os-volume_attachments`, attachVolume, { policy: rule('os-volumes-attachments:create'), body: attachVolumeVersions }),
  route('GET', `${SERVER}/os-volume_attachments/:volume`, showVolumeAttachment, { policy: rule('os-volumes-attachments:show') }),
  route('POST', '/v2.1/os-server-external-events', createExternalEvents, { policy: 'os_compute_api:os-server-external-events:create', body: externalEventVersions }),
]
