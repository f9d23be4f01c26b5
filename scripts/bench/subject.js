/** Two builds of a statically linked glibc program, made with the cross compilers there are. */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('subject.c', import.meta.url));
const TOOLS = {
  rv64: { prefix: 'riscv64-linux-gnu-', debian: 'gcc-riscv64-linux-gnu', options: [] },
  v8plus: { prefix: 'sparc64-linux-gnu-', debian: 'gcc-sparc64-linux-gnu', options: ['-m32'] },
};
const OPTIONS = ['-O2', '-ffunction-sections', '-static', '-no-pie', '-Wl,--emit-relocs', '-Wl,--build-id'];

export const SUBJECTS = Object.keys(TOOLS);

/** Paths of both builds and the disassembler for them, or why there are none. */
export function buildSubject(isa, folder) {
  const { prefix, debian, options } = TOOLS[isa];
  const files = ['old', 'new'].map((which) => join(folder, `${which}.${isa}.elf`));
  for (const [file, define] of [
    [files[0], []],
    [files[1], ['-DCHANGED']],
  ]) {
    const args = [...options, ...OPTIONS, ...define, SOURCE, '-o', file, '-lm'];
    const { status, error, stderr } = spawnSync(`${prefix}gcc`, args, { encoding: 'utf8' });
    if (error !== undefined) return { absence: `${prefix}gcc cannot be run; install ${debian}` };
    if (status !== 0) throw new Error(`${prefix}gcc: ${stderr.trim()}`);
  }
  return { files, objdump: `${prefix}objdump`, bytes: statSync(files[0]).size };
}
