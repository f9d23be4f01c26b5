/** Compares two programs in this process, and makes a package of them: the seconds it takes after the start. */
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { readImage } from '../../dist/elf/index.js';
import { diff, link, Program, select, writePackage } from '../../dist/patch/index.js';

const [kind, ...files] = process.argv.slice(2);
const begin = performance.now();
const busy = process.cpuUsage();
const [old, successor] = files.map((file) => new Program(readImage(readFileSync(file), file)));
const comparison = diff(old, successor);
const bytes = kind === 'build' ? writePackage(link(comparison, select(comparison))).length : undefined;
const seconds = (performance.now() - begin) / 1000;
const { user, system } = process.cpuUsage(busy);
const changed = comparison.verdicts.filter(({ verdict }) => verdict !== 'unchanged').map(({ name }) => name);
process.stdout.write(
  JSON.stringify({ seconds, cpu: (user + system) / 1e6, bytes, changed, procedures: old.procedures.length }),
);
