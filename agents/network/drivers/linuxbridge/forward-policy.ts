/**
 * Other programs' firewalls. Docker, ufw and the like set iptables' FORWARD policy to DROP; with br_netfilter that
 * drops frames between guests, and always what guests send out. Where the policy is DROP, three rules of ours go
 * first; they carry the cloud's mark, so they can be found and removed.
 */
import { which } from '#core/host/run.ts'
import type { ExternalNetwork } from '../driver.ts'
import type { HostShell } from './host-shell.ts'
import type { Names } from './names.ts'
import { Plan } from './plan.ts'

const PROGRAMS = ['iptables', 'ip6tables'] as const

export async function planForwardPolicy(externals: readonly ExternalNetwork[], names: Names, shell: HostShell): Promise<Plan> {
  const plan = new Plan('host', 'forward-policy')
  for (const program of PROGRAMS) {
    const rules = await forwardRules(program, shell)
    if (!rules.includes('-P FORWARD DROP')) continue
    for (const match of wantedMatches(externals)) {
      const key = `${match.join(' ')} `
      if (rules.some((rule) => rule.includes(key) && rule.includes(names.alias))) continue
      plan.wrong(`${program} drops forwarded packets (${match.join(' ')})`)
        .run(async () => { await shell.run(program, ['-w', '10', '-I', 'FORWARD', ...match, '-m', 'comment', '--comment', names.alias, '-j', 'ACCEPT']) })
    }
  }
  return plan
}

export async function removeForwardRules(names: Names, shell: HostShell): Promise<void> {
  for (const program of PROGRAMS) {
    for (const rule of (await forwardRules(program, shell)).filter((line) => line.startsWith('-A FORWARD ') && line.includes(names.alias))) {
      const parts = rule.replaceAll('"', '').split(' ').slice(2)
      await shell.run(program, ['-w', '10', '-D', 'FORWARD', ...parts], undefined, [0, 1, 2])
    }
  }
}

function wantedMatches(externals: readonly ExternalNetwork[]): string[][] {
  return [['-m', 'physdev', '--physdev-is-bridged'], ...externals.flatMap(({ bridge }) => [['-i', bridge], ['-o', bridge]])]
}

async function forwardRules(program: string, shell: HostShell): Promise<string[]> {
  if (await which(program) === undefined) return []
  return (await shell.run(program, ['-w', '10', '-S', 'FORWARD'], undefined, [0, 1, 3, 4])).split('\n')
}
