/**
 * Identity's face to the others: the authenticator that every service in this process uses, and typed functions over
 * the API for those that ask about projects and users.
 */
import type { Authenticator, Identity } from '#core/auth/identity.ts'
import type { Caller, Neighbour } from '#core/clients/neighbour.ts'
import type { IdentityContext } from './context.ts'
import { identityOf } from './tokens/token.view.ts'
import { validateToken } from './tokens/validate-token.ts'

export function authenticatorOf(ctx: IdentityContext): Authenticator {
  return {
    async identify(token): Promise<Identity | undefined> {
      const valid = await validateToken(ctx, token)
      return valid === undefined ? undefined : identityOf(valid)
    },
  }
}

export interface ProjectInfo { id: string; name: string; domain_id: string; parent_id: string | null; enabled: boolean; is_domain: boolean; description: string; tags: string[] }
export interface UserInfo { id: string; name: string; domain_id: string; enabled: boolean; default_project_id?: string }

export interface IdentityClient {
  /** Undefined when there is none. */
  getProject(ctx: Caller, id: string): Promise<ProjectInfo | undefined>
  listProjects(ctx: Caller): Promise<ProjectInfo[]>
  /** Undefined when there is none. */
  getUser(ctx: Caller, id: string): Promise<UserInfo | undefined>
}

export function identityClient(neighbour: Neighbour): IdentityClient {
  async function getOne<T>(ctx: Caller, key: string, path: string): Promise<T | undefined> {
    const { status, body } = await neighbour.request<Record<string, T>>(ctx, 'service', { method: 'GET', path, ok: [404] })
    return status === 404 ? undefined : body[key]
  }
  return {
    getProject: (ctx, id) => getOne<ProjectInfo>(ctx, 'project', `/v3/projects/${encodeURIComponent(id)}`),
    getUser: (ctx, id) => getOne<UserInfo>(ctx, 'user', `/v3/users/${encodeURIComponent(id)}`),
    async listProjects(ctx) {
      const { body } = await neighbour.request<{ projects: ProjectInfo[] }>(ctx, 'service', { method: 'GET', path: '/v3/projects' })
      return body.projects
    },
  }
}
