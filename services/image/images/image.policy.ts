/** Who may do what with images. Upstream's rule names and defaults; the target is the image. */
import { definePolicies } from '#core/policy/policy.ts'

const OWNER_MEMBER = 'role:admin or (role:member and project_id:%(project_id)s)'
const SEES = `(project_id:%(project_id)s or project_id:%(member_id)s or 'community':%(visibility)s or 'public':%(visibility)s or 'shared':%(visibility)s)`
/** What counted before roles did, and counts as long as `enforceNewDefaults` is off: whoever is in the project may. */
const OWNER = 'project_id:%(project_id)s'
const SHARED_READER = 'role:admin or role:reader and (project_id:%(project_id)s or project_id:%(member_id)s)'

export const imagePolicies = definePolicies([
  { name: 'default', check: '', description: 'What rules that name no other check fall back to.' },
  { name: 'context_is_admin', check: 'role:admin', description: 'Whether the caller sees and changes every project’s images.' },
  { name: 'add_image', check: 'role:admin or (role:member and project_id:%(project_id)s and project_id:%(owner)s)', deprecatedCheck: 'project_id:%(owner)s', scopes: ['project'], description: 'Register an image.', operations: ['POST /v2/images'] },
  { name: 'delete_image', check: OWNER_MEMBER, deprecatedCheck: OWNER, scopes: ['project'], description: 'Delete an image.', operations: ['DELETE /v2/images/{image_id}'] },
  { name: 'get_image', check: `role:admin or (role:reader and ${SEES})`, deprecatedCheck: SEES, scopes: ['project'], description: 'Show an image.', operations: ['GET /v2/images/{image_id}'] },
  { name: 'get_images', check: 'role:admin or (role:reader and project_id:%(project_id)s)', deprecatedCheck: '', scopes: ['project'], description: 'List images.', operations: ['GET /v2/images'] },
  { name: 'modify_image', check: OWNER_MEMBER, deprecatedCheck: OWNER, scopes: ['project'], description: 'Change an image, its tags, or stage data for it.', operations: ['PATCH /v2/images/{image_id}', 'PUT /v2/images/{image_id}/tags/{tag}', 'PUT /v2/images/{image_id}/stage'] },
  { name: 'publicize_image', check: 'role:admin', scopes: ['project'], description: 'Make an image visible to everybody.', operations: ['PATCH /v2/images/{image_id}'] },
  { name: 'communitize_image', check: OWNER_MEMBER, deprecatedCheck: OWNER, scopes: ['project'], description: 'Offer an image to everybody without listing it.', operations: ['PATCH /v2/images/{image_id}'] },
  { name: 'download_image', check: `role:admin or (role:member and ${SEES})`, deprecatedCheck: SEES, scopes: ['project'], description: 'Download the data of an image.', operations: ['GET /v2/images/{image_id}/file'] },
  { name: 'upload_image', check: OWNER_MEMBER, deprecatedCheck: OWNER, scopes: ['project'], description: 'Upload the data of an image.', operations: ['PUT /v2/images/{image_id}/file'] },
  { name: 'delete_image_location', check: 'role:admin', scopes: ['project'], description: 'Take a location away from an image.', operations: ['PATCH /v2/images/{image_id}'] },
  { name: 'get_image_location', check: 'role:admin or (role:reader and project_id:%(project_id)s)', deprecatedCheck: OWNER, scopes: ['project'], description: 'See where the data of an image lies.', operations: ['GET /v2/images/{image_id}'] },
  { name: 'set_image_location', check: OWNER_MEMBER, deprecatedCheck: OWNER, scopes: ['project'], description: 'Say where the data of an image lies.', operations: ['PATCH /v2/images/{image_id}'] },
  { name: 'add_member', check: OWNER_MEMBER, deprecatedCheck: OWNER, scopes: ['project'], description: 'Share an image with a project.', operations: ['POST /v2/images/{image_id}/members'] },
  { name: 'delete_member', check: OWNER_MEMBER, deprecatedCheck: OWNER, scopes: ['project'], description: 'Stop sharing an image with a project.', operations: ['DELETE /v2/images/{image_id}/members/{member_id}'] },
  { name: 'get_member', check: SHARED_READER, deprecatedCheck: `${OWNER} or project_id:%(member_id)s`, scopes: ['project'], description: 'Show a project an image is shared with.', operations: ['GET /v2/images/{image_id}/members/{member_id}'] },
  { name: 'get_members', check: SHARED_READER, deprecatedCheck: `${OWNER} or project_id:%(member_id)s`, scopes: ['project'], description: 'List the projects an image is shared with.', operations: ['GET /v2/images/{image_id}/members'] },
  { name: 'modify_member', check: 'role:admin or (role:member and project_id:%(member_id)s)', deprecatedCheck: 'project_id:%(member_id)s', scopes: ['project'], description: 'Accept or reject a shared image.', operations: ['PUT /v2/images/{image_id}/members/{member_id}'] },
  { name: 'deactivate', check: OWNER_MEMBER, deprecatedCheck: OWNER, scopes: ['project'], description: 'Forbid downloads of an image.', operations: ['POST /v2/images/{image_id}/actions/deactivate'] },
  { name: 'reactivate', check: OWNER_MEMBER, deprecatedCheck: OWNER, scopes: ['project'], description: 'Allow downloads of an image again.', operations: ['POST /v2/images/{image_id}/actions/reactivate'] },
  { name: 'copy_image', check: 'role:admin', scopes: ['project'], description: 'Copy an image to another store.', operations: ['POST /v2/images/{image_id}/import'] },
  { name: 'stores_info_detail', check: 'role:admin', scopes: ['project'], description: 'See the properties of stores.', operations: ['GET /v2/info/stores/detail'] },
  { name: 'get_task', check: 'rule:default', scopes: ['project'], description: 'Show a task.', operations: ['GET /v2/tasks/{task_id}'] },
  { name: 'get_tasks', check: 'rule:default', scopes: ['project'], description: 'List tasks.', operations: ['GET /v2/tasks'] },
  { name: 'add_task', check: 'rule:default', scopes: ['project'], description: 'Kept for policy files that name it: imports start tasks here.' },
  { name: 'modify_task', check: 'rule:default', scopes: ['project'], description: 'Kept for policy files that name it.' },
  { name: 'tasks_api_access', check: 'role:admin', scopes: ['project'], description: 'Use the task API at all.', operations: ['POST /v2/tasks', 'GET /v2/tasks', 'GET /v2/tasks/{task_id}', 'DELETE /v2/tasks/{task_id}'] },
  { name: 'nacre:data_location', check: 'role:service', description: 'Learn where the data of an image lies on this host, to clone it instead of downloading it.', operations: ['GET /v2/images/{image_id}/data-location'] },
])
