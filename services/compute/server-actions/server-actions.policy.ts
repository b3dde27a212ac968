/** Who may do what to servers. */
import { definePolicies, type PolicyRule } from '#core/policy/policy.ts'
import { forAdmin, forMember, forReader } from '../policy-kinds.ts'

function on(action: string): string {
  return `POST /servers/{server_id}/action (${action})`
}

function owned(rule: PolicyRule): PolicyRule {
  return { ...rule, deprecatedCheck: 'rule:admin_or_owner' }
}

export const serverActionPolicies = definePolicies([
  forMember('servers:start', 'Start a server', on('os-start')),
  forMember('servers:stop', 'Stop a server', on('os-stop')),
  forMember('servers:reboot', 'Reboot a server', on('reboot')),
  forMember('os-pause-server:pause', 'Pause a server', on('pause')),
  forMember('os-pause-server:unpause', 'Let a paused server go on', on('unpause')),
  forMember('os-suspend-server:suspend', 'Save a server to disk', on('suspend')),
  forMember('os-suspend-server:resume', 'Restore a server from disk', on('resume')),
  forMember('servers:rebuild', 'Rebuild a server from an image', on('rebuild')),
  forMember('servers:rebuild:trusted_certs', 'Rebuild a server from an image signed by named certificates', on('rebuild')),
  forMember('servers:create_image', 'Make an image of a server', on('createImage')),
  forMember('servers:create_image:allow_volume_backed', 'Make an image of a server that boots from a volume', on('createImage')),
  forMember('os-create-backup', 'Back a server up', on('createBackup')),
  forMember('servers:trigger_crash_dump', 'Make a guest dump its memory', on('trigger_crash_dump')),
  forAdmin('os-admin-actions:reset_state', 'Set the state of a server by hand', on('os-resetState')),
  forAdmin('os-admin-actions:inject_network_info', 'Give a guest its network settings', on('injectNetworkInfo')),
  forMember('os-admin-password', 'Change the administrator password of a server', on('changePassword')),
  forMember('os-lock-server:lock', 'Lock a server', on('lock')),
  forMember('os-lock-server:unlock', 'Unlock a server', on('unlock')),
  forAdmin('os-lock-server:unlock:unlock_override', 'Unlock a server that somebody else locked', on('unlock')),
  owned(forMember('os-deferred-delete:restore', 'Bring a deleted server back', on('restore'))),
  owned(forMember('os-deferred-delete:force', 'Delete a server at once', on('forceDelete'))),
  forMember('os-console-output', 'Read the console log of a server', on('os-getConsoleOutput')),
  forMember('os-remote-consoles', 'Open a console of a server', 'POST /servers/{server_id}/remote-consoles', on('os-getVNCConsole'), on('os-getSerialConsole'), on('os-getSPICEConsole'), on('os-getRDPConsole')),
  forAdmin('os-console-auth-tokens', 'See what a console token opens', 'GET /os-console-auth-tokens/{token}'),
  owned(forMember('os-security-groups:add', 'Put a server into a security group', on('addSecurityGroup'))),
  owned(forMember('os-security-groups:remove', 'Take a server from a security group', on('removeSecurityGroup'))),
  owned(forReader('os-security-groups:list', 'See the security groups of a server', 'GET /servers/{server_id}/os-security-groups')),
  owned(forMember('os-floating-ips:add', 'Give a server a floating IP', on('addFloatingIp'))),
  owned(forMember('os-floating-ips:remove', 'Take a floating IP from a server', on('removeFloatingIp'))),
  owned(forMember('os-multinic:add', 'Give a server one more fixed IP', on('addFixedIp'))),
  owned(forMember('os-multinic:remove', 'Take a fixed IP from a server', on('removeFixedIp'))),
])
