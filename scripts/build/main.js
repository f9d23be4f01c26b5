/**
 * Builds the programs of targets/ and patches/ with Debian's cross compilers.
 *
 *   scripts/build-targets [NAME...]                  rewrite the prebuilt files in place, of these programs only
 *   scripts/build-targets [NAME...] --out DIR        put them under DIR instead
 *   scripts/build-targets [NAME...] --check          compare a fresh build with them
 *   scripts/build-targets [NAME...] --level -O0 --out DIR   optimized otherwise; without the workloads
 *   scripts/build-targets [NAME...] --objects --out DIR     with the objects of their own files beside them
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Builder, missingCompilers } from './compile.js';
import { allPrograms } from './programs.js';

const LEVELS = ['-O0', '-O1', '-O2', '-O3', '-Os'];

function fail(status, message) {
  console.error(`build-targets: ${message}`);
  process.exit(status);
}

function request() {
  try {
    // Else an option's value cannot begin with a dash.
    const args = process.argv.slice(2).join('\n').replaceAll('--level\n', '--level=').split('\n');
    const { values, positionals } = parseArgs({
      args: args.filter((arg) => arg !== ''),
      allowPositionals: true,
      options: {
        check: { type: 'boolean', default: false },
        out: { type: 'string' },
        objects: { type: 'boolean', default: false },
        level: { type: 'string', default: '-O2' },
      },
    });
    if (values.check && values.out !== undefined) throw new Error('--check and --out exclude each other');
    if (!LEVELS.includes(values.level))
      throw new Error(`--level ${values.level}: one of ${LEVELS.join(', ')} is needed`);
    if (values.level !== '-O2' && values.out === undefined)
      throw new Error('the prebuilt files are those of -O2: --level needs --out DIR');
    if (values.objects && values.out === undefined) throw new Error('--objects needs --out DIR');
    return { ...values, names: positionals };
  } catch (error) {
    return fail(2, error.message);
  }
}

const root = resolve(import.meta.dirname, '../..');
const { check, out, level, objects, names } = request();
const missing = missingCompilers();
if (missing.length > 0) fail(3, `apt-get install ${missing.join(' ')}`);

const known = allPrograms(root);
const unknown = names.filter((name) => !known.some((program) => program.name === name));
if (unknown.length > 0) fail(2, `${unknown.join(', ')}: no such folder in targets/ or patches/`);
const wanted = known.filter(
  ({ name, workload }) => (names.length === 0 || names.includes(name)) && !(workload && level !== '-O2'),
);

const work = mkdtempSync(join(tmpdir(), 'build-targets-'));
try {
  const destination = check ? join(work, 'out') : resolve(out ?? root);
  const builder = new Builder({ root, work, destination, level, objects, workers: availableParallelism() });
  const built = await builder.build(wanted);
  for (const file of built.sort()) {
    if (!check) console.log(file);
    else if (same(join(destination, file), join(root, file))) console.log(`${file} same`);
    else {
      console.log(`${file} DIFFERS`);
      process.exitCode = 1;
    }
  }
} catch (error) {
  console.error(`build-targets: ${error.stderr || error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true });
}

function same(one, other) {
  try {
    return readFileSync(one).equals(readFileSync(other));
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}
