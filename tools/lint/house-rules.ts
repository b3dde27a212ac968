/** The house's rules that a general linter does not know. Each is a function from the files to the breaches. */
import { isTest, lineAt, withoutComments, type Breach, type Rule, type SourceFile } from './sources.ts'

const isCode = ({ path }: SourceFile): boolean => path.endsWith('.ts')

/** Breaches at every match of `pattern` in the files that `where` picks. */
function forbid(files: SourceFile[], where: (file: SourceFile) => boolean, pattern: RegExp, message: (found: string) => string, text = (file: SourceFile) => file.text): Breach[] {
  return files.filter(where).flatMap((file) => {
    const content = text(file)
    return [...content.matchAll(pattern)].map((match) => ({ path: file.path, line: lineAt(content, match.index), message: message(match[0].trim()) }))
  })
}

export const programsRule: Rule = {
  name: 'programs',
  says: 'only core/host starts programs',
  check: (files) => files.filter((file) => isCode(file) && !file.path.startsWith('core/host/')).flatMap((file) => file.imports
    .filter(({ specifier, typeOnly }) => !typeOnly && /^(node:)?(child_process|cluster)$/.test(specifier))
    .map(({ specifier, line }) => ({ path: file.path, line, message: `${specifier} belongs to core/host/run.ts: use run, runJson or start` }))),
}

const NEGOTIATED = /\b(?:minor|version|microversion|apiVersion)\s*(?:>=?|<=?)\s*\d+|\bminorOf\(/g
/** Files that read foreign formats compare the formats' versions. */
const FORMATS = /\/formats?\//

export const versionsRule: Rule = {
  name: 'versions',
  says: 'only core and *.versions.ts compare API versions',
  check: (files) => forbid(files, (file) => /^(services|agents|cloud)\//.test(file.path) && isCode(file) && !/\.versions\.ts$|microversions\.ts$/.test(file.path) && !FORMATS.test(file.path) && !isTest(file.path),
    NEGOTIATED, (found) => `'${found}' compares a version: make it a delta in the slice's *.versions.ts, or an explicit input of the command`, (file) => withoutComments(file.text)),
}

const DRAWERS = /(^|\/)(common|utils?|helpers?|misc|shared|lib)(\/|\.ts$)/

export const namesRule: Rule = {
  name: 'names',
  says: 'folders and files are named for what they are, in kebab-case',
  check: (files) => files.filter(isCode).flatMap(({ path }) => {
    const breaches: Breach[] = []
    if (DRAWERS.test(path)) breaches.push({ path, line: 1, message: 'a drawer for anything: name the folder for the one idea it holds' })
    if (!/^[a-z0-9./_-]+$/.test(path) || path.split('/').pop()!.includes('_')) breaches.push({ path, line: 1, message: 'file names are kebab-case with dots before the suffix' })
    return breaches
  }),
}

/** Written in two halves, so that this file does not break its own rule. */
const FORBIDDEN: [RegExp, string][] = [
  [new RegExp(['/wor', 'k/(main|notes|shared)'].join(''), 'g'), 'a path of somebody\'s machine'],
  [/\/home\/(?!nacre\b)[a-z][a-z0-9]*\//g, 'a path of somebody\'s machine'],
  [new RegExp(['registry\\.npm', 'js\\.org|registry\\.yarn', 'pkg\\.com|npm', 'mirror'].join(''), 'g'), 'a registry host: the lock file names packages, npm knows where from'],
  // Not where it is the whole of a string: upstream's metadata has such a value.
  [new RegExp(['(?<![\'"])\\b(TO', 'DO|FIX', 'ME|X', 'XX)\\b(?![\'"])'].join(''), 'g'), 'an open end: do it, or make it an issue'],
  [new RegExp(['-----BEGIN [A-Z ]*PRIVATE', ' KEY-----'].join(''), 'g'), 'a private key'],
]

export const wordsRule: Rule = {
  name: 'words',
  says: 'no machine paths, registry hosts, open ends or keys in the repository',
  check: (files) => FORBIDDEN.flatMap(([pattern, why]) => forbid(files, ({ path }) => !isTest(path), pattern, (found) => `'${found}' is ${why}`)),
}

/** The last ones are the suites and conversations that assert by themselves. */
const ASSERTION = /\bexpect(\.\w+)?\(|\bassert(\.\w+)?\(|\b(check\w*|golden|converse|\w*[cC]onformance)\(/

export const assertionsRule: Rule = {
  name: 'assertions',
  says: 'every test file asserts something',
  check: (files) => files.filter(({ path, text }) => path.endsWith('.test.ts') && !ASSERTION.test(text))
    .map(({ path }) => ({ path, line: 1, message: 'there is no assertion in this test' })),
}

/** A condition (`skipIf(…)`, `reason === undefined ? describe : describe.skip`) is a reason; a bare skip says it above or in its title. */
const SKIP = /(?:\b(?:it|test|describe|suite)\.(?:only|skip|todo|fails)\b|\b(?:fit|fdescribe|xit|xdescribe)\()/g

export const skippedRule: Rule = {
  name: 'skipped',
  says: 'no test is singled out, and none is left out without a reason',
  check: (files) => files.filter(({ path }) => path.endsWith('.ts') && isTest(path)).flatMap(({ path, text }) => {
    const lines = text.split('\n')
    return [...text.matchAll(SKIP)].flatMap((match) => {
      const line = lineAt(text, match.index)
      const here = lines[line - 1] ?? ''
      const explained = match[0].endsWith('.skip') && (/^\s*\/\/ Skipped: \S/.test(lines[line - 2] ?? '') || / : \w+\.skip|\(skipped: /.test(here))
      return explained ? [] : [{ path, line, message: `'${match[0]}': run it, or write '// Skipped: <reason>' on the line above a .skip` }]
    })
  }),
}

export const sleepsRule: Rule = {
  name: 'sleeps',
  says: 'tests wait for events, never for time',
  check: (files) => forbid(files, ({ path }) => path.endsWith('.test.ts'), /from 'node:timers\/promises'|await new Promise\(\(?\w+\)? => (?:\{ )?setTimeout\(/g,
    (found) => `'${found}' waits for time to pass: wait for the event, or move the injected clock`),
}

export const houseRules: Rule[] = [programsRule, versionsRule, namesRule, wordsRule, assertionsRule, skippedRule, sleepsRule]
