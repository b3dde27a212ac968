/** What commands print: tables one can read, step lines with their time, durations. Colour only on a terminal. */

const colours = { dim: 2, red: 31, green: 32, yellow: 33, bold: 1 } as const

export function paint(colour: keyof typeof colours, text: string): string {
  return process.stdout.isTTY && process.env['NO_COLOR'] === undefined ? `\u001B[${colours[colour]}m${text}\u001B[0m` : text
}

/** Columns as wide as their widest cell; numbers are the caller's to format. */
export function table(headers: string[], rows: string[][]): string {
  const widths = headers.map((header, at) => Math.max(header.length, ...rows.map((row) => row[at]?.length ?? 0)))
  const line = (cells: string[]): string => cells.map((cell, at) => (at === cells.length - 1 ? cell : cell.padEnd(widths[at]!))).join('  ').trimEnd()
  return [paint('bold', line(headers)), ...rows.map(line)].join('\n')
}

export function seconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}

export function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`
}

export interface StepRecord { name: string; ms: number; note: string }

/**
 * Runs named steps one after another and shows each with its time: a line that lives on a terminal, one line per
 * finished step elsewhere. Everything goes to standard error, so that standard output stays the command's answer.
 */
export class Progress {
  readonly steps: StepRecord[] = []

  async step<T>(name: string, work: (note: (text: string) => void) => Promise<T>): Promise<T> {
    const started = performance.now()
    let note = ''
    const live = process.stderr.isTTY
    const show = (): void => { if (live) process.stderr.write(`\r\u001B[K  … ${name} ${paint('dim', seconds(performance.now() - started))} ${note.slice(0, 100)}`) }
    const timer = setInterval(show, 200)
    if (!live) process.stderr.write(`  … ${name}\n`)
    show()
    try {
      const result = await work((text) => { note = text })
      this.#end(paint('green', '✓'), name, performance.now() - started, note)
      return result
    } catch (error) {
      this.#end(paint('red', '✗'), name, performance.now() - started, note)
      throw error
    } finally {
      clearInterval(timer)
    }
  }

  #end(mark: string, name: string, ms: number, note: string): void {
    this.steps.push({ name, ms, note })
    process.stderr.write(`${process.stderr.isTTY ? '\r\u001B[K' : ''}  ${mark} ${name.padEnd(46)} ${seconds(ms).padStart(8)}  ${note}\n`)
  }
}
