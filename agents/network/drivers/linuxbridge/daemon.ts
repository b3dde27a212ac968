/**
 * Programs that outlive the agent (dnsmasq, radvd): they put themselves into the background, leave their process id
 * in a file, and are taken up again by the next agent. A process counts as ours only if its command line names its
 * state folder and it lives in the namespace that has the name today.
 */
import { readFile, readlink, stat } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { readTextFile } from '#core/host/files.ts'

export interface DaemonPlace { pidFile: string; /** A path that its command line holds. */ marker: string; ns: string }

/** The process id, or undefined when it does not run (there). */
export async function runningDaemon(place: DaemonPlace): Promise<number | undefined> {
  const pid = await daemonProcess(place)
  if (pid === undefined) return undefined
  const [inode, link] = await Promise.all([namespaceInode(place.ns), readlink(`/proc/${pid}/ns/net`).catch(() => '')])
  return link === `net:[${inode}]` ? pid : undefined
}

/** Ends it, wherever it lives; answers when it is gone. */
export async function stopDaemon(place: Omit<DaemonPlace, 'ns'>): Promise<void> {
  const pid = await daemonProcess(place)
  if (pid === undefined) return
  signal(pid, 'SIGTERM')
  for (let tries = 0; await daemonProcess(place) !== undefined; tries += 1) {
    if (tries === 100) signal(pid, 'SIGKILL')
    if (tries > 150) throw new Error(`process ${pid} does not end`)
    await wait(10)
  }
}

export function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}

async function daemonProcess({ pidFile, marker }: Omit<DaemonPlace, 'ns'>): Promise<number | undefined> {
  const pid = Number(await readTextFile(pidFile))
  if (!Number.isInteger(pid) || pid <= 1) return undefined
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  return commandLine.includes(marker) ? pid : undefined
}

/** The identity of the namespace that has this name now; undefined when there is none. */
export async function namespaceInode(ns: string): Promise<number | undefined> {
  return (await stat(`/run/netns/${ns}`).catch(() => undefined))?.ino
}
