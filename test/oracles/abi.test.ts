/** The cross compilers' Linux headers say the same numbers. Needs Debian's cross compilers. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { abis, type AbiName } from '#suture/process/abi/index.js';
import type { Layout } from '#suture/process/abi/layout.js';
import * as structs from '#suture/process/abi/structs.js';
import * as files from '#suture/process/abi/files.js';

const COMPILERS: Record<AbiName, readonly string[]> = {
  riscv32: ['riscv64-linux-gnu-gcc', '-march=rv32imac', '-mabi=ilp32'],
  riscv64: ['riscv64-linux-gnu-gcc'],
  sparc32: ['sparc64-linux-gnu-gcc', '-m32'],
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'suture-abi-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function compile(abi: AbiName, source: string, ...options: string[]): string {
  const file = join(folder, `${abi}.c`);
  writeFileSync(file, source);
  const [compiler, ...target] = COMPILERS[abi];
  return execFileSync(compiler!, [...target, '-ffreestanding', ...options, '-o', '-', file], {
    encoding: 'utf8',
  });
}

/** Values of constant C expressions, read from the assembly. */
function evaluate(abi: AbiName, headers: readonly string[], expressions: readonly string[]): number[] {
  const includes = headers.map((header) => `#include <${header}>\n`).join('');
  const lines = expressions
    .map((e) => `  __asm__ volatile("\\n->%0" : : "i"((long long)(${e})));`)
    .join('\n');
  const assembly = compile(abi, `${includes}void f(void) {\n${lines}\n}\n`, '-O1', '-S');
  return [...assembly.matchAll(/^->(\S+)/gm)].map((match) => Number(match[1]));
}

function macros(abi: AbiName, header: string): string[] {
  const text = compile(abi, `#include <${header}>\n`, '-E', '-dM');
  return [...text.matchAll(/^#define (\w+)[ \t]+\S/gm)].map((match) => match[1]!);
}

/** Calls that Linux got after the version of the installed headers. */
const LATER =
  /^(riscv_hwprobe|cachestat|fchmodat2|map_shadow_stack|futex_wake|futex_wait|futex_requeue)$|^(statmount|listmount|mseal)$|^lsm_/;

describe.each(abis)('$name', (abi) => {
  const unsigned = (values: number[]): number[] => values.map((value) => value >>> 0);

  test('system calls', () => {
    const names = macros(abi.name, 'asm/unistd.h')
      .filter((name) => name.startsWith('__NR_'))
      .filter((name) => !/^__NR_(syscalls|arch_specific_syscall|Linux)$/.test(name));
    const numbers = evaluate(abi.name, ['asm/unistd.h'], names);
    const theirs = names.map((name, i): [number, string] => [numbers[i]!, name.slice(5)]);
    const ours = [...abi.calls].filter(([, name]) => !LATER.test(name));
    const inOrder = (a: [number, string], b: [number, string]): number => a[0] - b[0];
    expect(theirs.length).toBeGreaterThan(290);
    expect(ours.sort(inOrder)).toEqual(theirs.sort(inOrder));
    expect([...abi.calls].length - ours.length).toBe(abi.name === 'sparc32' ? 12 : 13);
  });

  test('errors', () => {
    const names = macros(abi.name, 'asm/errno.h').filter((name) => /^E[A-Z0-9]+$/.test(name));
    const numbers = evaluate(abi.name, ['asm/errno.h'], names);
    const theirs = Object.fromEntries(names.map((name, i) => [name, numbers[i]!]));
    expect({ ...abi.errors, EWOULDBLOCK: abi.errors.EAGAIN }).toEqual(theirs);
  });

  test('signals', () => {
    const names = Object.keys(abi.signals);
    const numbers = evaluate(abi.name, ['asm/signal.h'], names);
    expect(Object.values(abi.signals)).toEqual(numbers);
    expect([...numbers].sort((a, b) => a - b)).toEqual(Array.from({ length: 31 }, (_, i) => i + 1));
  });

  test('flags and commands', () => {
    const headers = ['linux/types.h', 'linux/fcntl.h', 'asm/termbits.h', 'asm/termios.h', 'asm/ioctls.h'];
    for (const table of [abi.open, abi.fcntl, abi.ioctl]) {
      const names = Object.keys(table)
        .map((name) => (name === 'O_ASYNC' ? 'FASYNC' : name))
        // Headers of a 64-bit machine have no names for what only others need.
        .filter((name) => abi.wordSize === 4 || !/LKW?64$/.test(name));
      const values = Object.entries(table)
        .filter(([name]) => abi.wordSize === 4 || !/LKW?64$/.test(name))
        .map(([, value]) => value);
      expect(Object.fromEntries(names.map((name, i) => [name, values[i]]))).toEqual(
        Object.fromEntries(unsigned(evaluate(abi.name, headers, names)).map((value, i) => [names[i], value])),
      );
    }
  });

  test('constants that all have in common', () => {
    const headers = ['linux/fcntl.h', 'linux/stat.h', 'linux/fs.h', 'linux/limits.h', 'linux/close_range.h'];
    // These stand in headers of the C library only, or have another name in the kernel's.
    const elsewhere = /^(generic|sparc|DT_|[RWX]_OK$|IOV_MAX)|^STATX_RESERVED$/;
    const constants = Object.entries(files).filter(([name]) => !elsewhere.test(name));
    const values = evaluate(
      abi.name,
      headers,
      constants.map(([name]) => name),
    );
    expect(constants.length).toBeGreaterThan(25);
    expect(Object.fromEntries(constants)).toEqual(
      Object.fromEntries(
        constants.map(([name, value], i) => [name, (value as number) < 0 ? values[i]! : values[i]! >>> 0]),
      ),
    );
    expect(unsigned(evaluate(abi.name, headers, ['STATX__RESERVED']))).toEqual([files.STATX_RESERVED]);
  });

  const tables: Record<string, Layout | undefined> = {
    'struct stat': abi.stat,
    'struct stat64': abi.wordSize === 4 ? abi.stat64 : undefined,
    'struct statx': structs.statx,
    'struct statfs': abi.statfs,
    'struct statfs64': abi.wordSize === 4 ? abi.statfs64 : undefined,
    'struct flock': abi.flock,
    'struct flock64': structs.flock64,
    'struct iovec': abi.iovec,
    'struct __kernel_old_timeval': abi.timeval,
    'struct __kernel_timespec': structs.timespec64,
    'struct __kernel_old_timespec': abi.timespec,
  };
  // RISC-V with 32 bits has one structure, which its headers call stat64.
  if (abi.name === 'riscv32') tables['struct stat'] = undefined;
  const structures = Object.entries(tables).flatMap(([name, table]) =>
    table ? [[name, table] as const] : [],
  );

  test.each(structures)('%s', (name, table) => {
    const headers = ['linux/types.h', 'linux/time_types.h', 'linux/uio.h', 'linux/fcntl.h', 'asm/statfs.h'];
    headers.push(name === 'struct statx' ? 'linux/stat.h' : 'asm/stat.h');
    const c = (member: string): string =>
      member.replace(
        /^(stx_.time)(_nsec)?$/,
        (_, time: string, nsec?: string) => `${time}.tv_${nsec ? 'n' : ''}sec`,
      );
    const names = Object.keys(table.members);
    const values = evaluate(abi.name, headers, [
      `sizeof(${name})`,
      ...names.flatMap((member) => [
        `__builtin_offsetof(${name}, ${c(member)})`,
        `sizeof(((${name} *)0)->${c(member)})`,
      ]),
    ]);
    const theirs = names.map((member, i) => [member, values.slice(2 * i + 1, 2 * i + 3)] as const);
    expect({ size: table.size, members: table.members }).toEqual({
      size: values[0],
      members: Object.fromEntries(theirs),
    });
  });
});
