/** Synthetic instructions and what they stand for. Source: The SPARC Architecture Manual 8, appendix A.3. */

type Expand = (operands: readonly string[]) => string;

/** `A` and `B` stand for the two operands; the second is the first where there is one alone. */
const on = (name: string, registers: string): Expand => {
  return ([first = '', second = first]) =>
    `${name} ${registers.replace(/[AB]/g, (letter) => (letter === 'A' ? first : second))}`;
};

/** `inc`, with the constant 1 when none is given. */
const step = (name: string): Expand => {
  return (operands) => {
    const register = operands.at(-1) ?? '';
    return `${name} ${register}, ${operands.length > 1 ? operands[0]! : '1'}, ${register}`;
  };
};

const STATE = /^%(y|psr|wim|tbr|asr\d+)$/;

const EXPANSIONS: Record<string, Expand> = {
  b: ([target = '']) => `ba ${target}`,
  'b,a': ([target = '']) => `ba,a ${target}`,
  bz: ([target = '']) => `be ${target}`,
  'bz,a': ([target = '']) => `be,a ${target}`,
  bnz: ([target = '']) => `bne ${target}`,
  'bnz,a': ([target = '']) => `bne,a ${target}`,
  bgeu: ([target = '']) => `bcc ${target}`,
  'bgeu,a': ([target = '']) => `bcc,a ${target}`,
  blu: ([target = '']) => `bcs ${target}`,
  'blu,a': ([target = '']) => `bcs,a ${target}`,
  bset: on('or', 'B, A, B'),
  bclr: on('andn', 'B, A, B'),
  btog: on('xor', 'B, A, B'),
  btst: on('andcc', 'B, A, %g0'),
  clr: ([place = '']) => (place.startsWith('[') ? `st %g0, ${place}` : `or %g0, %g0, ${place}`),
  clrb: on('stb', '%g0, A'),
  clrh: on('sth', '%g0, A'),
  cmp: on('subcc', 'A, B, %g0'),
  dec: step('sub'),
  deccc: step('subcc'),
  inc: step('add'),
  inccc: step('addcc'),
  jmp: on('jmpl', 'A, %g0'),
  mov: ([from = '', to = '']) => {
    if (STATE.test(from)) return `rd ${from}, ${to}`;
    return STATE.test(to) ? `wr %g0, ${from}, ${to}` : `or %g0, ${from}, ${to}`;
  },
  neg: on('sub', '%g0, A, B'),
  nop: () => 'sethi 0, %g0',
  not: on('xnor', 'A, %g0, B'),
  restore: (operands) => `restore ${operands.length === 0 ? '%g0, %g0, %g0' : operands.join(', ')}`,
  ret: () => 'jmpl %i7+8, %g0',
  retl: () => 'jmpl %o7+8, %g0',
  save: (operands) => `save ${operands.length === 0 ? '%g0, %g0, %g0' : operands.join(', ')}`,
  tst: on('orcc', 'A, %g0, %g0'),
};

/** The instruction of the machine that a statement of one instruction stands for. */
export function withoutSynthetics(mnemonic: string, operands: readonly string[]): string {
  const expand = EXPANSIONS[mnemonic];
  return expand === undefined ? `${mnemonic} ${operands.join(', ')}`.trim() : expand(operands);
}
