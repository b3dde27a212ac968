/**
 * How clients get in: shell exports (`openrc`) and `clouds.yaml`, for the administrator and the demo user.
 */
import { stringify } from 'yaml'
import { writeFileAtomic } from '#core/host/files.ts'
import type { Secrets } from './secrets.ts'
import { join } from 'node:path'

export type Who = 'admin' | 'demo'

export interface Access { authUrl: string; region: string; user: string; password: string; project: string }

export function accessOf(who: Who, authUrl: string, region: string, secrets: Secrets): Access {
  return { authUrl, region, user: who, project: who, password: secrets.get(`${who}-password`) }
}

/** What a shell may still hold of another cloud, and what clients would prefer to, or mix with, ours. */
const OF_ANOTHER_CLOUD = ['CLOUD', 'TOKEN', 'SYSTEM_SCOPE', 'AUTH_TYPE', 'PROJECT_ID', 'PROJECT_DOMAIN_ID', 'USER_ID', 'USER_DOMAIN_ID', 'TENANT_ID', 'TENANT_NAME', 'DOMAIN_ID', 'DOMAIN_NAME', 'TRUST_ID'].map((name) => `OS_${name}`)

export function openrc(access: Access): string {
  const lines: Record<string, string> = {
    OS_AUTH_URL: access.authUrl, OS_IDENTITY_API_VERSION: '3', OS_USERNAME: access.user, OS_PASSWORD: access.password,
    OS_PROJECT_NAME: access.project, OS_USER_DOMAIN_NAME: 'Default', OS_PROJECT_DOMAIN_NAME: 'Default', OS_REGION_NAME: access.region,
    OS_IMAGE_API_VERSION: '2', OS_VOLUME_API_VERSION: '3', OS_INTERFACE: 'public',
  }
  return `${Object.entries(lines).map(([key, value]) => `export ${key}='${value.replaceAll("'", `'\\''`)}'`).join('\n')}\nunset ${OF_ANOTHER_CLOUD.join(' ')}\n`
}

/** One file with both users, as `openstack --os-cloud nacre` and SDKs read it. */
function cloudsYaml(admin: Access, demo: Access): string {
  const entry = (access: Access): object => ({
    auth: { auth_url: access.authUrl, username: access.user, password: access.password, project_name: access.project, user_domain_name: 'Default', project_domain_name: 'Default' },
    region_name: access.region, interface: 'public', identity_api_version: 3,
  })
  return stringify({ clouds: { nacre: entry(admin), 'nacre-demo': entry(demo) } })
}

/** Writes `openrc-admin`, `openrc-demo` and `clouds.yaml` into the state folder; only the owner reads them. */
export async function writeCredentials(folder: string, authUrl: string, region: string, secrets: Secrets): Promise<void> {
  const [admin, demo] = [accessOf('admin', authUrl, region, secrets), accessOf('demo', authUrl, region, secrets)]
  await writeFileAtomic(join(folder, 'openrc-admin'), openrc(admin), { mode: 0o600 })
  await writeFileAtomic(join(folder, 'openrc-demo'), openrc(demo), { mode: 0o600 })
  await writeFileAtomic(join(folder, 'clouds.yaml'), cloudsYaml(admin, demo), { mode: 0o600 })
}
