/** Which programs there are, and what each is made of. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folders of targets/ that are no program. */
const NO_PROGRAM = ['runtime', 'workloads'];

/**
 * A program: `sources` are the folders its files come from, a later one's files replacing an earlier one's of the
 * same name; `without` are files left out; `options` are of `build.json` or `case.json`.
 */
function program(name, folder, sources, output, more = {}) {
  return { name, folder, sources, output, without: [], options: {}, workload: false, ...more };
}

export function allPrograms(root) {
  return [...targets(root), ...cases(root), ...workloads(root)];
}

const foldersIn = (path) =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** Every folder of targets/ with C files: `build.json`, if it is there, has its options. */
function targets(root) {
  return foldersIn(join(root, 'targets'))
    .filter((name) => !NO_PROGRAM.includes(name))
    .filter((name) => readdirSync(join(root, 'targets', name)).some((file) => file.endsWith('.c')))
    .map((name) => {
      const folder = join(root, 'targets', name);
      const options = existsSync(join(folder, 'build.json')) ? readJson(join(folder, 'build.json')) : {};
      return program(name, name, [folder], `targets/${name}/${name}`, { options });
    });
}

/** Both programs of a case, or only the new one where the old one is a program of targets/. */
function cases(root) {
  return foldersIn(join(root, 'patches')).flatMap((name) => {
    const folder = join(root, 'patches', name);
    const { target, build: options = {}, without = [] } = readJson(join(folder, 'case.json'));
    const old = target === undefined ? join(folder, 'old') : join(root, 'targets', target);
    const inside = target ?? 'program';
    const more = { options };
    const sources = [old, join(folder, 'new')];
    return [
      ...(target === undefined ? [program(name, inside, [old], `patches/${name}/old`, more)] : []),
      program(name, inside, sources, `patches/${name}/new`, { ...more, without }),
    ];
  });
}

/** Never patched, they do without relocations: it would be half the file. */
function workloads(root) {
  const folder = join(root, 'targets/workloads');
  const files = readdirSync(folder).filter((file) => file.endsWith('.c'));
  return files.map((file) => {
    const name = file.slice(0, -2);
    const without = files.filter((other) => other !== file);
    return program(name, name, [folder], `targets/workloads/${name}`, { without, workload: true });
  });
}
