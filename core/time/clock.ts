/**
 * Time is an argument. Everything that reads the clock or waits does so through a `Clock`, so a test can stand
 * still or jump. Instants inside Nacre are ISO 8601 strings in UTC with microseconds absent
 * (`2026-11-20T09:00:00.123Z`): they sort as text in both databases. Each API prints them in its own way; the
 * printers are here because three services share each form.
 */

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls `task` once after `delayMs`; the returned function cancels it. The timer never keeps a process alive. */
  after(delayMs: number, task: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs)
    timer.unref()
    return () => clearTimeout(timer)
  },
}

/** The current instant in the stored form. */
export function nowIso(clock: Clock): string {
  return new Date(clock.now()).toISOString()
}

/** `2026-11-20T09:00:00Z`: nova servers, glance, neutron. */
export function isoSeconds(stored: string): string {
  return `${stored.slice(0, 19)}Z`
}

/** `2026-11-20T09:00:00.000000`: nova services, actions, cinder. */
export function isoMicrosNoZone(stored: string): string {
  return `${stored.slice(0, 23).padEnd(23, '0')}000`
}

/** `2026-11-20T09:00:00.000000Z`: keystone tokens. */
export function isoMicros(stored: string): string {
  return `${isoMicrosNoZone(stored)}Z`
}
