/**
 * Who may import whom: the table of ARCHITECTURE.md, section 3, as data. A row is chosen by the importing file's
 * path; an import breaks it when it matches `never`, or when the row has `only` and nothing in it matches. Rows add up: a
 * file that several rows match must please them all. `import type` is free where the row is about effects, and not where
 * it is about who knows whom (`typesToo`). Tests and the test kit stand outside.
 */
import { isTest, type Breach, type Rule, type SourceFile } from './sources.ts'

interface Layer {
  /** For messages: what the file is. */
  what: string
  files: RegExp
  not?: RegExp
  /** Repository paths (or bare specifiers for packages and node:) that must not be imported. */
  never?: RegExp[]
  /** When given, imports inside the repository must match one of these. */
  only?: RegExp[]
  typesToo?: boolean
  because: string
}

const PURE = /\.(schema|states|contract|events)\.ts$|(^|\/)contract\.ts$/
const HANDLERS = /\.handlers\.ts$/

export const layers: Layer[] = [
  {
    what: 'a schema, state table or event list', files: /^services\/.*\.(schema|states|events)\.ts$/,
    only: [/^core\/(schema|states|events|versions|time|ids)\//, PURE, /^services\/[^/]+\/schema\//], never: [/^node:(?!crypto|util|net)/],
    because: 'it loads in a browser: facts without effects',
  },
  {
    what: 'an agent contract', files: /\.contract\.ts$/,
    only: [/^core\/(schema|states|agents)\//, PURE], never: [/^node:/],
    because: 'it loads in a browser: facts without effects',
  },
  { what: 'a version delta', files: /^services\/.*\.versions\.ts$/, only: [/^core\/(versions|schema|time)\//, /^core\/http\/message\.ts$/, /\.(schema|versions)\.ts$/, /^services\/[^/]+\/schema\//], because: 'a version is a translation of shapes' },
  { what: 'a policy', files: /^services\/.*\.policy\.ts$/, only: [/^core\/(versions|policy|schema)\//, /\.(schema|policy)\.ts$/, /^services\/[^/]+\/policy[^/]*\.ts$/], because: 'a policy is data' },
  {
    what: 'a view', files: /^services\/.*\.view\.ts$/, never: [/^core\/db\/(?!json)/, /^core\/(bus|clients|operations|host)\//, /\.store\.ts$/, HANDLERS, /(^|\/)clients\.ts$/],
    because: 'it turns rows into API shapes and fetches nothing',
  },
  {
    what: 'a store', files: /^services\/.*\.store\.ts$/, never: [/^core\/(http|bus|clients)\/(?!context)/, /(^|\/)clients\.ts$/, HANDLERS, /\.view\.ts$/],
    because: 'it is SQL and nothing else',
  },
  {
    what: 'a handler', files: /^services\/.*\.handlers\.ts$/, never: [/^core\/db\/(?!json)/, /^core\/(bus|host|agents)\//, /\/agent\/.*\.contract\.ts$/],
    because: 'it authorises, calls a command or store, and shows the result',
  },
  {
    what: 'an operation or reconciler', files: /^services\/.*\.(operation|reconciler)\.ts$/, never: [/^core\/http\/(?!context)/, HANDLERS, /\.view\.ts$/],
    because: 'it runs without a request',
  },
  { what: 'a service', files: /^services\//, never: [/^(agents|cloud|testkit|tools|dashboard)\//], typesToo: true, because: 'it is put together with hosts by cloud/, and knows them by their contracts' },
  { what: 'core', files: /^core\//, never: [/^(services|agents|cloud|testkit|tools|dashboard)\//], typesToo: true, because: 'it names no cloud resource' },
  {
    what: 'an agent', files: /^agents\//, never: [/^core\/(db|http|policy|operations)\//, /^(cloud|testkit|dashboard)\//, /^services\/(?!.*contract\.ts$)/],
    typesToo: true, because: 'it knows its service by the contract alone and sees no control database',
  },
  { what: 'a driver', files: /^agents\/[^/]+\/drivers\/[^/]+\//, never: [/^core\/bus\//, /\/agent\.ts$/], because: 'drivers know neither bus nor each other' },
]

export const layersRule: Rule = {
  name: 'layers',
  says: "a file imports only what its layer may (ARCHITECTURE.md, section 'A service: slices')",
  check: (files) => files.filter(({ path }) => !isTest(path)).flatMap((file) => [...layerBreaches(file), ...neighbourBreaches(file)]),
}

function layerBreaches(file: SourceFile): Breach[] {
  return layers.filter((layer) => layer.files.test(file.path) && layer.not?.test(file.path) !== true).flatMap((layer) => file.imports
    .filter((imported) => (!imported.typeOnly || layer.typesToo === true) && breaks(layer, imported.path ?? imported.specifier, imported.path !== undefined))
    .map((imported) => ({ path: file.path, line: imported.line, message: `${layer.what} may not import ${imported.specifier}: ${layer.because}` })))
}

function breaks(layer: Layer, target: string, inRepository: boolean): boolean {
  if (layer.never?.some((pattern) => pattern.test(target)) === true) return true
  return inRepository && layer.only !== undefined && !layer.only.some((pattern) => pattern.test(target))
}

/** Between services, between drivers, and between slices. */
function neighbourBreaches(file: SourceFile): Breach[] {
  const breaches: Breach[] = []
  const breach = (line: number, message: string): void => { breaches.push({ path: file.path, line, message }) }
  const service = folderBelow('services', file.path)
  const driver = driverOf(file.path)
  for (const { path, specifier, line } of file.imports) {
    if (path === undefined) continue
    const other = folderBelow('services', path)
    if (service !== undefined && other !== undefined && other !== service && !/(^|\/|\.)contract\.ts$/.test(path)) {
      breach(line, `service ${service} may import only the contract of service ${other}, not ${specifier}`)
    }
    const otherDriver = driverOf(path)
    if (driver !== undefined && otherDriver !== undefined && otherDriver !== driver) breach(line, `a driver may not import another driver (${specifier})`)
    if (service !== undefined && HANDLERS.test(path) && !mayUseHandlers(file.path, path)) breach(line, `handlers are reached through routes only, not from here (${specifier})`)
  }
  return breaches
}

function folderBelow(room: string, path: string): string | undefined {
  return new RegExp(`^${room}/([^/]+)/`).exec(path)?.[1]
}

function driverOf(path: string): string | undefined {
  return /^agents\/[^/]+\/drivers\/[^/]+\//.exec(path)?.[0]
}

/** Routes and the service declaration name handlers; a slice's handlers may be split over files of its folder. */
function mayUseHandlers(from: string, handlers: string): boolean {
  const folder = (path: string): string => path.slice(0, path.lastIndexOf('/'))
  return /(^|\/|\.)(routes|service)\.ts$/.test(from) || folder(from) === folder(handlers)
}
