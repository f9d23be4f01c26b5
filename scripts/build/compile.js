/** Compiles and links programs so that what comes out depends on their sources and the compilers alone. */
import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { promisify } from 'node:util';

const RISCV = { compiler: 'riscv64-unknown-elf-gcc', package: 'gcc-riscv64-unknown-elf', arch: 'riscv' };
const SPARC = { compiler: 'sparc64-linux-gnu-gcc', package: 'gcc-sparc64-linux-gnu', arch: 'sparc' };

/** The linker of RISC-V has no separate-code; its layout keeps data apart anyway. */
const ISAS = {
  rv32: { ...RISCV, flags: ['-march=rv32imac', '-mabi=ilp32'], layout: [] },
  rv64: { ...RISCV, flags: ['-march=rv64gc', '-mabi=lp64d'], layout: [] },
  sparc: { ...SPARC, flags: ['-m32', '-mcpu=v8', '-fno-pic', '-no-pie'], layout: ['-Wl,-z,separate-code'] },
};

const COMMON = [
  ...['-std=c11', '-Wall', '-Wextra', '-Werror'],
  ...['-ffreestanding', '-funsigned-char', '-ffunction-sections', '-fdata-sections'],
  ...['-fno-stack-protector', '-fasynchronous-unwind-tables', '-fno-ident'],
  // Otherwise memcpy and memset are turned into calls of themselves.
  '-fno-tree-loop-distribute-patterns',
];
const LINK = [
  ...['-nostdlib', '-static', '-Wl,--build-id=sha1', '-Wl,-z,noexecstack'],
  ...['-Wl,-z,max-page-size=4096', '-Wl,-z,common-page-size=4096'],
];

/** Parts of the runtime that a program gets when it includes their header, and what they have in assembly. */
const ASSEMBLY = {
  concurrent: ['clone'],
  session: [],
  jump: ['jump'],
  coroutine: ['switch'],
  updater: [],
};
const PARTS = Object.keys(ASSEMBLY);

const run = promisify(execFile);

/** Debian packages of the compilers that are not there. */
export function missingCompilers() {
  const missing = [RISCV, SPARC].filter(
    ({ compiler }) => spawnSync(compiler, ['--version']).error !== undefined,
  );
  return missing.map((isa) => isa.package);
}

/** What the caller's surroundings could bring into the output. */
function environment() {
  const env = { ...process.env, LC_ALL: 'C' };
  for (const name of ['CPATH', 'C_INCLUDE_PATH', 'LIBRARY_PATH', 'GCC_EXEC_PREFIX', 'COMPILER_PATH'])
    delete env[name];
  return env;
}

export class Builder {
  constructor({ root, work, destination, level, objects, workers }) {
    Object.assign(this, { root, work, destination, level, workers, env: environment() });
    this.keepObjects = objects;
    this.objects = new Map();
    this.running = 0;
    this.waiting = [];
  }

  /** Builds these programs for every ISA; answers the paths of the files below the destination. */
  async build(programs) {
    const jobs = programs.flatMap((program, number) => {
      const source = this.gather(program, join(this.work, `source-${number}`));
      return Object.keys(ISAS).map((isa) => this.link(program, source, isa));
    });
    const settled = await Promise.allSettled(jobs);
    const failed = settled.find(({ status }) => status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return settled.map(({ value }) => value);
  }

  /**
   * Copies the program's files and the runtime under one root. The compiler is told paths relative to it, so that
   * the output does not depend on any location, and both programs of a case have the same.
   */
  gather({ folder, sources, without }, source) {
    cpSync(join(this.root, 'targets/runtime'), join(source, 'runtime'), { recursive: true });
    mkdirSync(join(source, folder));
    for (const from of sources) {
      const files = readdirSync(from).filter((file) => /\.[ch]$/.test(file) && !without.includes(file));
      for (const file of files) copyFileSync(join(from, file), join(source, folder, file));
    }
    return source;
  }

  async link({ folder, output, options, workload }, source, name) {
    const isa = ISAS[name];
    const { compile, link } = optionsFor(options, name);
    const { files, includes, parts } = partsOf(source, folder, isa.arch);
    const flags = [...isa.flags, this.level, ...COMMON];
    // A program's own options are for its own files: what the assembler says of debugging names its folder.
    const own = (file) => (file.startsWith('runtime/') ? [] : compile);
    const objects = await Promise.all(
      files.map((file) => this.compile(isa.compiler, [...flags, ...own(file), ...includes], source, file)),
    );
    const file = `${output}.${name}.elf`;
    const path = join(this.destination, file);
    mkdirSync(dirname(path), { recursive: true });
    const more = [
      ...(workload ? [] : ['-Wl,--emit-relocs']),
      // These need little of the runtime.
      ...(workload || parts.includes('session') ? ['-Wl,--gc-sections'] : []),
      ...isa.layout,
    ];
    await this.run(
      isa.compiler,
      [...flags, ...compile, ...LINK, ...more, ...objects, ...link, '-o', path],
      source,
    );
    chmodSync(path, 0o755);
    if (this.keepObjects) this.copyObjects(files, objects, `${path}.objects`);
    return file;
  }

  /** Of a program's own files, in a folder beside it. */
  copyObjects(files, objects, folder) {
    mkdirSync(folder, { recursive: true });
    for (const [i, object] of objects.entries()) {
      if (!files[i].startsWith('runtime/')) copyFileSync(object, join(folder, basename(object)));
    }
  }

  /** What was compiled from the same bytes in the same way, the runtime above all, is used again. */
  compile(compiler, flags, source, file) {
    const isRuntime = file.startsWith('runtime/');
    const key = [compiler, ...flags, isRuntime ? file : join(source, file)].join('\0');
    let made = this.objects.get(key);
    if (made === undefined) {
      // The linker names the object of an assembly file in the symbol table.
      const folder = join(this.work, `object-${this.objects.size}`);
      mkdirSync(folder);
      const object = join(folder, `${basename(file, extname(file))}.o`);
      const all = [...flags, `-ffile-prefix-map=${source}=.`, '-c', file, '-o', object];
      made = this.run(compiler, all, source).then(() => object);
      this.objects.set(key, made);
    }
    return made;
  }

  /** As many at a time as there are processors. */
  async run(command, args, cwd) {
    if (this.running >= this.workers) await new Promise((resolve) => this.waiting.push(resolve));
    else this.running++;
    try {
      await run(command, args, { cwd, env: this.env });
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.running--;
      else next();
    }
  }
}

/** Options for all ISAs, then those for this one: `{ compile, link, rv32: { compile, link }, ... }`. */
function optionsFor(options, isa) {
  const of = (kind) => [...(options[kind] ?? []), ...(options[isa]?.[kind] ?? [])];
  return { compile: of('compile'), link: of('link') };
}

/**
 * The files to compile, in the order they are linked in. The runtime stands between the commands and what they
 * call, so that on RISC-V these calls are too long for two bytes and can be redirected.
 */
function partsOf(source, folder, arch) {
  const cFiles = (path) =>
    readdirSync(join(source, path))
      .filter((file) => file.endsWith('.c'))
      .sort()
      .map((file) => `${path}/${file}`);
  const own = cFiles(folder);
  const text = readdirSync(join(source, folder))
    .map((file) => readFileSync(join(source, folder, file), 'latin1'))
    .join('\n');
  const parts = PARTS.filter((part) => text.includes(`#include "${part}.h"`));
  const last = (file) => basename(file) === 'commands.c';
  const assembly = (name) => [`runtime/${arch}/${name}.S`].filter((file) => existsSync(join(source, file)));
  return {
    parts,
    includes: ['runtime', `runtime/${arch}`, ...parts.map((part) => `runtime/${part}`)].map(
      (path) => `-I${path}`,
    ),
    files: [
      ...assembly('start'),
      ...own.filter((file) => !last(file)),
      ...parts
        .filter((part) => part !== 'session')
        .flatMap((part) => [...ASSEMBLY[part].flatMap(assembly), ...cFiles(`runtime/${part}`)]),
      ...cFiles('runtime'),
      ...(parts.includes('session') ? cFiles('runtime/session') : []),
      ...own.filter(last),
    ],
  };
}
