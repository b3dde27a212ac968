/** Sharing: an owner adds projects, each of which accepts or rejects. */
import { may } from '#core/http/context.ts'
import { reply, type Reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { ImageContext } from '../context.ts'
import type { ImageMembersTable } from '../database.ts'
import { errors } from '../errors.ts'
import { permit, seeImage, type SeenImage } from '../images/image-access.ts'
import { MEMBER_STATUSES } from './member.schema.ts'
import { deleteMember, insertMember, listMembers, setMemberStatus } from './member.store.ts'
import { memberView } from './member.view.ts'

const ONLY_SHARED = 'Only shared images have members.'

async function lookUp(ctx: ImageContext, request: RouteRequest): Promise<SeenImage> {
  const id = request.params['image_id']!
  return await seeImage(ctx, id, () => errors.ImageNotFoundShort({ id }))
}

/** Refuses, in words for this call, what is not shared or not the caller's to do. */
function check(ctx: ImageContext, image: SeenImage, rule: string, refusal: string): void {
  if (image.row.visibility !== 'shared' || (!may(ctx, rule, image.target) && may(ctx, 'get_image', image.target))) throw errors.NotAllowed({ message: refusal })
  permit(ctx, rule, image.target)
}

/** A membership, if the caller may know of it: the owner of all, a member of their own. */
async function find(ctx: ImageContext, image: SeenImage, member: string): Promise<ImageMembersTable> {
  permit(ctx, 'get_member', image.target)
  const [row] = seesAll(ctx, image) || member === ctx.identity.project?.id ? await listMembers(ctx, image.row.id, member) : []
  if (row === undefined) throw errors.Missing({ message: `${member} not found in the member list of the image ${image.row.id}.` })
  return row
}

function seesAll(ctx: ImageContext, image: SeenImage): boolean {
  return may(ctx, 'context_is_admin') || image.row.owner === ctx.identity.project?.id
}

export async function listMembersHandler(ctx: ImageContext, request: RouteRequest): Promise<object> {
  const image = await lookUp(ctx, request)
  if (image.row.visibility !== 'shared') throw errors.NotAllowed({ message: `Not allowed to list members for image ${image.row.id}: ${ONLY_SHARED}` })
  permit(ctx, 'get_members', image.target)
  const members = may(ctx, 'get_member', image.target) ? await listMembers(ctx, image.row.id, seesAll(ctx, image) ? undefined : ctx.identity.project?.id ?? '') : []
  return { members: members.map(memberView), schema: '/v2/schemas/members' }
}

export async function showMemberHandler(ctx: ImageContext, request: RouteRequest): Promise<object> {
  const image = await lookUp(ctx, request)
  if (image.row.visibility !== 'shared') throw errors.Missing({ message: ONLY_SHARED })
  if (!may(ctx, 'get_member', image.target)) throw errors.Missing({ message: `You are not authorized to lookup the members of the image ${image.row.id}.` })
  return memberView(await find(ctx, image, request.params['member_id']!))
}

export async function addMemberHandler(ctx: ImageContext, request: RouteRequest): Promise<object> {
  const member = readMember(request.body)
  const image = await lookUp(ctx, request)
  check(ctx, image, 'add_member', `Not allowed to create members for image ${image.row.id}.`)
  const maximum = ctx.config.memberQuota
  const added = await insertMember(ctx, image.row.id, member, maximum)
  if (added === undefined) throw errors.Conflict({ message: `Member ${member} is duplicated for image ${image.row.id}` })
  if ('count' in added) {
    throw errors.TooMany({ message: `Image member limit exceeded for image ${image.row.id}: The limit has been exceeded on the number of allowed image members for this image. Attempted: ${added.count + 1}, Maximum: ${maximum}:` })
  }
  return memberView(added)
}

export async function updateMemberHandler(ctx: ImageContext, request: RouteRequest): Promise<object> {
  const body = objectBody(request.body, 'Expected a status in the form: {"status": "status"}')
  if (!('status' in body)) throw errors.Invalid({ message: 'Status not specified' })
  const image = await lookUp(ctx, request)
  check(ctx, image, 'modify_member', `Not allowed to update members for image ${image.row.id}.`)
  const row = await find(ctx, image, request.params['member_id']!)
  const status = body['status']
  if (!(MEMBER_STATUSES as readonly unknown[]).includes(status)) throw errors.Invalid({ message: 'Incorrect request: Status must be "pending", "accepted" or "rejected".' })
  return memberView(await setMemberStatus(ctx, row, status as string))
}

export async function deleteMemberHandler(ctx: ImageContext, request: RouteRequest): Promise<Reply> {
  const image = await lookUp(ctx, request)
  check(ctx, image, 'delete_member', `Not allowed to delete members for image ${image.row.id}.`)
  const row = await find(ctx, image, request.params['member_id']!)
  await deleteMember(ctx, row.image_id, row.member)
  return reply({ status: 204 })
}

function readMember(body: unknown): string {
  const form = 'Expected a member in the form: {"member": "image_id"}'
  const given = objectBody(body, form)
  if (!('member' in given)) throw errors.Invalid({ message: 'Member to be added not specified' })
  const member = given['member']
  if (member === '' || member === null) throw errors.Invalid({ message: "Member can't be empty" })
  if (typeof member !== 'string' || member.length > 255) throw errors.Invalid({ message: form })
  return member
}

function objectBody(body: unknown, form: string): Record<string, unknown> {
  if (body === undefined) throw errors.BodyExpected()
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw errors.Invalid({ message: form })
  return body as Record<string, unknown>
}
