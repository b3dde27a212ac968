/** The URL map of the image service. */
import { inHandler, PUBLIC, route } from '#core/http/route.ts'
import { deactivateHandler, reactivateHandler } from './actions/image-actions.handlers.ts'
import { dataLocationHandler, downloadHandler, stageHandler, uploadHandler } from './data/image-data.handlers.ts'
import { listVersions, showRoot } from './discovery/versions.handlers.ts'
import { createImageHandler, deleteImageHandler, listImagesHandler, showImage, updateImageHandler } from './images/images.handlers.ts'
import { PATCH_TYPES } from './images/image-patch.ts'
import { createTask } from './import/create-task.ts'
import { importHandler } from './import/import.handlers.ts'
import { deleteTask, listImageTasks, listTasksHandler, showTask } from './import/tasks.handlers.ts'
import { showImport, showStores, showUsage } from './info/info.handlers.ts'
import { addMemberHandler, deleteMemberHandler, listMembersHandler, showMemberHandler, updateMemberHandler } from './members/members.handlers.ts'
import { metadefRoutes } from './metadefs/metadef.routes.ts'
import { schemaHandler, schemaNames } from './schemas/schemas.handlers.ts'
import { addTagHandler, dropTagHandler } from './tags/tags.handlers.ts'

const IMAGE = '/v2/images/:image_id'
const anybody = inHandler()

export const imageRoutes = [
  route('GET', '/', showRoot, { policy: PUBLIC }),
  route('GET', '/versions', listVersions, { policy: PUBLIC }),
  route('GET', '/v2/images', listImagesHandler, { policy: inHandler('get_images', 'get_image') }),
  route('POST', '/v2/images', createImageHandler, { policy: inHandler('add_image', 'publicize_image', 'communitize_image'), status: 201 }),
  route('GET', IMAGE, showImage, { policy: inHandler('get_image') }),
  route('PATCH', IMAGE, updateImageHandler, { policy: inHandler('modify_image', 'publicize_image', 'communitize_image'), contentTypes: Object.keys(PATCH_TYPES) }),
  route('DELETE', IMAGE, deleteImageHandler, { policy: inHandler('delete_image'), status: 204 }),
  route('PUT', `${IMAGE}/file`, uploadHandler, { policy: inHandler('upload_image'), bodyMode: 'stream', status: 204 }),
  route('GET', `${IMAGE}/file`, downloadHandler, { policy: inHandler('download_image') }),
  route('PUT', `${IMAGE}/stage`, stageHandler, { policy: inHandler('modify_image'), bodyMode: 'stream', status: 204 }),
  route('GET', `${IMAGE}/data-location`, dataLocationHandler, { policy: 'nacre:data_location' }),
  route('POST', `${IMAGE}/actions/deactivate`, deactivateHandler, { policy: inHandler('deactivate'), status: 204, bodyMode: 'none' }),
  route('POST', `${IMAGE}/actions/reactivate`, reactivateHandler, { policy: inHandler('reactivate'), status: 204, bodyMode: 'none' }),
  route('GET', `${IMAGE}/members`, listMembersHandler, { policy: inHandler('get_members', 'get_member') }),
  route('POST', `${IMAGE}/members`, addMemberHandler, { policy: inHandler('add_member') }),
  route('GET', `${IMAGE}/members/:member_id`, showMemberHandler, { policy: inHandler('get_member') }),
  route('PUT', `${IMAGE}/members/:member_id`, updateMemberHandler, { policy: inHandler('modify_member') }),
  route('DELETE', `${IMAGE}/members/:member_id`, deleteMemberHandler, { policy: inHandler('delete_member'), status: 204 }),
  route('PUT', `${IMAGE}/tags/:tag_value`, addTagHandler, { policy: inHandler('modify_image'), status: 204, bodyMode: 'none' }),
  route('DELETE', `${IMAGE}/tags/:tag_value`, dropTagHandler, { policy: inHandler('modify_image'), status: 204 }),
  route('POST', `${IMAGE}/import`, importHandler, { policy: inHandler('modify_image'), status: 202 }),
  route('GET', `${IMAGE}/tasks`, listImageTasks, { policy: inHandler('get_image') }),
  route('POST', '/v2/tasks', createTask, { policy: 'tasks_api_access', status: 201 }),
  route('GET', '/v2/tasks', listTasksHandler, { policy: 'tasks_api_access' }),
  route('GET', '/v2/tasks/:task_id', showTask, { policy: 'tasks_api_access' }),
  route('DELETE', '/v2/tasks/:task_id', deleteTask, { policy: 'tasks_api_access' }),
  route('GET', '/v2/info/import', showImport, { policy: anybody }),
  route('GET', '/v2/info/stores', showStores, { policy: anybody }),
  route('GET', '/v2/info/stores/detail', showStores, { policy: anybody }),
  route('GET', '/v2/info/usage', showUsage, { policy: anybody }),
  ...metadefRoutes,
  ...schemaNames.map((name) => route('GET', `/v2/schemas/${name}`, schemaHandler(name), { policy: anybody })),
]
