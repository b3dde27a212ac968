/**
 * Tempest's configuration for one of our clouds. Nothing is discovered: the cloud was prepared for this
 * (`prepared-cloud.ts`), and what a one-machine cloud can do is known.
 */
import { join } from 'node:path'
import type { PreparedCloud } from './prepared-cloud.ts'

/** For what hangs: nothing here is measured by it. */
const BUILD_TIMEOUT_S = 600

type Settings = Record<string, Record<string, string | number | boolean>>

/** The text of `tempest.conf`; `folder` is where Tempest may write. */
export function tempestConf(cloud: PreparedCloud, folder: string): string {
  return render({ ...whereItRuns(folder), ...whoLogsIn(cloud), ...whatIsThere(cloud), ...whatItCan(cloud) })
}

function whereItRuns(folder: string): Settings {
  return {
    DEFAULT: { debug: true, use_stderr: false, log_dir: join(folder, 'logs'), log_file: 'tempest.log' },
    oslo_concurrency: { lock_path: join(folder, 'lock') },
  }
}

/** An administrator; Tempest makes projects and users of its own for each test class. */
function whoLogsIn({ admin }: PreparedCloud): Settings {
  const root = admin.authUrl.replace(/\/v3\/?$/, '')
  return {
    auth: {
      use_dynamic_credentials: true, create_isolated_networks: true, default_credentials_domain_name: 'Default',
      admin_username: admin.user, admin_password: admin.password, admin_project_name: admin.project,
      admin_domain_name: 'Default', admin_user_domain_name: 'Default', admin_project_domain_name: 'Default',
    },
    identity: { uri: `${root}/v2.0`, uri_v3: `${root}/v3`, auth_version: 'v3', region: admin.region, v3_endpoint_type: 'public', admin_role: 'admin', default_domain_id: 'default' },
  }
}

function whatIsThere(cloud: PreparedCloud): Settings {
  const { region } = cloud.admin
  return {
    service_available: { glance: true, neutron: true, nova: true, cinder: false, swift: false, heat: false, horizon: false },
    compute: {
      region, image_ref: cloud.images[0], image_ref_alt: cloud.images[1], flavor_ref: cloud.flavors[0], flavor_ref_alt: cloud.flavors[1],
      min_microversion: cloud.compute.min, max_microversion: cloud.compute.max, min_compute_nodes: cloud.computeHosts, hypervisor_type: cloud.hypervisorType, build_interval: 1, build_timeout: BUILD_TIMEOUT_S,
    },
    image: {
      region, build_interval: 1, build_timeout: BUILD_TIMEOUT_S, disk_formats: cloud.imageFormats.disk.join(','), container_formats: cloud.imageFormats.container.join(','),
      // Something on this machine that answers: the cloud's settings let the image service fetch from here.
      http_image: `${cloud.admin.authUrl.replace(/\/v3\/?$/, '')}/v3`,
    },
    network: {
      region, build_interval: 1, build_timeout: BUILD_TIMEOUT_S, public_network_id: cloud.publicNetwork.id, floating_network_name: cloud.publicNetwork.name,
      project_network_cidr: '10.100.0.0/16', project_networks_reachable: false,
    },
    placement: { region, min_microversion: cloud.placement.min, max_microversion: cloud.placement.max },
    'service-clients': { http_timeout: 300 },
    validation: reachingGuests(cloud),
  }
}

/**
 * The fake hypervisor's guests answer on no address; real ones are let in by key, through a floating IP. Emulated and
 * on a busy machine they take minutes to boot.
 */
function reachingGuests({ guestLogin }: PreparedCloud): Settings[string] {
  if (guestLogin === undefined) return { run_validation: false, connect_method: 'floating' }
  const { user, password } = guestLogin
  return {
    run_validation: true, connect_method: 'floating', auth_method: 'keypair', network_for_ssh: 'public', ssh_key_type: 'rsa', ping_timeout: 600, ssh_timeout: 900,
    image_ssh_user: user, image_alt_ssh_user: user, image_ssh_password: password, image_alt_ssh_password: password,
  }
}

function whatItCan({ computeHosts, networkExtensions }: PreparedCloud): Settings {
  const several = computeHosts > 1
  return {
    'identity-feature-enabled': {
      api_v2: false, api_v2_admin: false, api_v3: true, trust: true, project_tags: true, application_credentials: true, access_rules: true,
      domain_specific_drivers: false, security_compliance: false, external_idp: false, federation: false,
    },
    'image-feature-enabled': { api_v1: false, api_v2: true, import_image: true, os_glance_reserved: true },
    'compute-feature-enabled': {
      resize: true, console_output: true, vnc_console: true, metadata_service: true, config_drive: true, interface_attach: true, stable_rescue: true,
      hostname_fqdn_sanitization: true, change_password: false, personality: false, nova_cert: false, xenapi_apis: false,
      cold_migration: several, live_migration: several, block_migration_for_live_migration: several, shelve_migrate: several,
      volume_multiattach: false, swap_volume: false, attach_encrypted_volume: false,
    },
    'network-feature-enabled': { api_extensions: networkExtensions.join(','), floating_ips: true, ipv6: true, ipv6_subnet_attributes: true, port_admin_state_change: true, port_security: networkExtensions.includes('port-security') },
  }
}

function render(settings: Settings): string {
  const text = (value: string | number | boolean): string => (typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value).replaceAll('$', '$$$$'))
  const section = ([name, options]: [string, Settings[string]]): string => `[${name}]\n${Object.entries(options).map(([key, value]) => `${key} = ${text(value)}`).join('\n')}\n`
  return Object.entries(settings).map(section).join('\n')
}
