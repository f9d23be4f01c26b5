/**
 * SPARC V9 as a 32-bit process may use it ("v8plus"): the rows of V8 and what V9 adds for user code.
 *
 * What is peculiar here: registers have 64 bits, and arithmetic is on all of them, so add is both V8's and
 * V9's; branches that predict have shorter displacements; a conditional move selects icc, xcc or one of four
 * floating-point condition codes; addresses are the low 32 bits. Instructions on quadruple precision are not
 * in the table: no hardware has them.
 *
 * Source: The SPARC Architecture Manual, Version 9, appendix A "Instruction Definitions" and appendix E
 * "Opcode Maps".
 */
import { Op, Operand } from './operations.js';
import {
  ADDRESS,
  both,
  CONDITIONS,
  FLOAT_CONDITIONS,
  fourBits,
  load,
  ofV9,
  only,
  store,
  uncommon,
  type Row,
} from './rows.js';
import { floatRows } from './table-float.js';
import { INTEGER } from './table.js';
import { VIS } from './table-vis.js';

/** Conditions of BPr, MOVr and FMOVr by rcond. */
const REGISTER_CONDITIONS: readonly (readonly [string, number])[] = [
  ['z', 1],
  ['lez', 2],
  ['lz', 3],
  ['nz', 5],
  ['gz', 6],
  ['gez', 7],
];

const threeBits = (cond: number): string => cond.toString(2).padStart(3, '0');

const BRANCHES: Row[] = [
  ...CONDITIONS.map((suffix, cond) =>
    only(Op.bicc, `bp${suffix}`, `00 a ${fourBits(cond)} 001 xcc 0 p disp19`, '%xcc, disp19', {
      cond,
      mnemonic: `b${suffix}`,
    }),
  ),
  ...FLOAT_CONDITIONS.map((suffix, cond) =>
    only(Op.fb, `fbp${suffix}`, `00 a ${fourBits(cond)} 101 fcc p disp19`, '%fcc, disp19', {
      cond,
      of: 'float',
      mnemonic: `fb${suffix}`,
    }),
  ),
  ...REGISTER_CONDITIONS.map(([suffix, cond]) =>
    only(
      Op.br,
      `br${suffix}`,
      `00 a 0 ${threeBits(cond)} 011 disp16[15:14] p rs1 disp16[13:0]`,
      'rs1, disp16',
      { cond, of: 'register' },
    ),
  ),
];

const TRAPS: Row[] = CONDITIONS.flatMap((suffix, cond) => {
  const head = `10 0 ${fourBits(cond)} 111010 rs1`;
  const name = `t${suffix}`;
  return [
    only(Op.ticc, name, `${head} 0 xcc 0 000000 rs2`, '%xcc, rs1 + rs2', { cond, form: 'register' }),
    only(Op.ticci, name, `${head} 1 xcc 0 0000 imm7`, '%xcc, rs1 + imm7', { cond, form: 'immediate' }),
  ];
});

/** MOVcc with the bits before and after the i bit that select the condition codes. */
function moves(name: string, cond: number, cc2: string, codes: string, rest: Partial<Row>): Row[] {
  const head = `10 rd 101100 ${cc2} ${fourBits(cond)}`;
  const which = rest.of === 'float' ? '%fcc' : '%xcc';
  return [
    only(Op.movcc, name, `${head} 0 ${codes} 000000 rs2`, `${which}, rs2, rd`, { ...rest, form: 'register' }),
    only(Op.movcci, name, `${head} 1 ${codes} simm11`, `${which}, simm11, rd`, {
      ...rest,
      form: 'immediate',
    }),
  ];
}

const CONDITIONAL_MOVES: Row[] = [
  ...CONDITIONS.flatMap((suffix, cond) => moves(`mov${suffix}`, cond, '1', 'xcc 0', { cond })),
  ...FLOAT_CONDITIONS.flatMap((suffix, cond) =>
    moves(`movf${suffix}`, cond, '0', 'fcc', { cond, of: 'float', mnemonic: `mov${suffix}` }),
  ),
  ...REGISTER_CONDITIONS.flatMap(([suffix, cond]) => {
    const name = `movr${suffix}`;
    const head = '10 rd 101111 rs1';
    const rcond = threeBits(cond);
    return [
      only(Op.movr, name, `${head} 0 ${rcond} 00000 rs2`, 'rs1, rs2, rd', {
        cond,
        of: 'register',
        form: 'register',
      }),
      only(Op.movri, name, `${head} 1 ${rcond} simm10`, 'rs1, simm10, rd', {
        cond,
        of: 'register',
        form: 'immediate',
      }),
    ];
  }),
];

/** FMOVcc and FMOVr of one width. */
function floatMoves(letter: string, byCode: Op, byRegister: Op, low: number): Row[] {
  const [rd, rs2] = letter === 's' ? ['fd', 'fs2'] : ['dd', 'ds2'];
  const bits = letter === 's' ? ['fd', 'fs2'] : ['dd[4:1|5]', 'ds2[4:1|5]'];
  const opf = low.toString(2).padStart(6, '0');
  return [
    ...CONDITIONS.map((suffix, cond) =>
      only(
        byCode,
        `fmov${letter}${suffix}`,
        `10 ${bits[0]} 110101 0 ${fourBits(cond)} 1 xcc 0 ${opf} ${bits[1]}`,
        `%xcc, ${rs2}, ${rd}`,
        { cond },
      ),
    ),
    ...FLOAT_CONDITIONS.map((suffix, cond) =>
      only(
        byCode,
        `fmov${letter}f${suffix}`,
        `10 ${bits[0]} 110101 0 ${fourBits(cond)} 0 fcc ${opf} ${bits[1]}`,
        `%fcc, ${rs2}, ${rd}`,
        { cond, of: 'float', mnemonic: `fmov${letter}${suffix}` },
      ),
    ),
    ...REGISTER_CONDITIONS.map(([suffix, cond]) =>
      only(
        byRegister,
        `fmovr${letter}${suffix}`,
        `10 ${bits[0]} 110101 rs1 0 ${threeBits(cond)} ${(low + 4).toString(2).padStart(5, '0')} ${bits[1]}`,
        `rs1, ${rs2}, ${rd}`,
        { cond, of: 'register' },
      ),
    ),
  ];
}

/** An alternate space is named by the instruction, or by %asi when the address has a constant. */
function alternate(name: string, op: Op, op3: string, rd = 'rd', stores = false, mnemonic = name): Row[] {
  const shown = rd.replace(/\[.*/, '').replace(' 0', '');
  const written = (address: string): string => (stores ? `${shown}, ${address}` : `${address}, ${shown}`);
  const head = `11 ${rd} ${op3} rs1`;
  return [
    only(op, name, `${head} 0 asi rs2`, written('[rs1+rs2] asi'), { form: 'register', stores, mnemonic }),
    only(op, name, `${head} 1 simm13`, written('[rs1+simm13] %asi'), { form: 'immediate', stores, mnemonic }),
  ];
}

function compareAndSwap(name: string, op: Op, op3: string): Row[] {
  const head = `11 rd ${op3} rs1`;
  return [
    only(op, name, `${head} 0 asi rs2`, '[rs1] asi, rs2, rd', { form: 'register' }),
    only(op, name, `${head} 1 00000000 rs2`, '[rs1] %asi, rs2, rd', { form: 'immediate' }),
  ];
}

const PAIR = 'rd[4:1] 0';
const DOUBLE = 'dd[4:1|5]';

const MEMORY: Row[] = [
  ...uncommon('ldsw', Op.ldsw, '11 rd 001000 rs1', `${ADDRESS}, rd`),
  ...load('ldx', Op.ldx, Op.ldxi, '001011'),
  ...store('stx', Op.stx, Op.stxi, '001110'),
  ...alternate('lduwa', Op.lduwa, '010000', 'rd', false, 'lda'),
  ...alternate('lduba', Op.lduba, '010001'),
  ...alternate('lduha', Op.lduha, '010010'),
  ...alternate('ldda', Op.ldda, '010011', PAIR, false, 'ldtwa'),
  ...alternate('stwa', Op.stwa, '010100', 'rd', true, 'sta'),
  ...alternate('stba', Op.stba, '010101', 'rd', true),
  ...alternate('stha', Op.stha, '010110', 'rd', true),
  ...alternate('stda', Op.stda, '010111', PAIR, true, 'sttwa'),
  ...alternate('ldswa', Op.ldswa, '011000'),
  ...alternate('ldsba', Op.ldsba, '011001'),
  ...alternate('ldsha', Op.ldsha, '011010'),
  ...alternate('ldxa', Op.ldxa, '011011'),
  ...alternate('ldstuba', Op.ldstuba, '011101'),
  ...alternate('stxa', Op.stxa, '011110', 'rd', true),
  ...alternate('swapa', Op.swapa, '011111'),
  ...alternate('ldfa', Op.ldfa, '110000', 'fd', false, 'lda'),
  ...alternate('lddfa', Op.lddfa, '110011', DOUBLE, false, 'ldda'),
  ...alternate('stfa', Op.stfa, '110100', 'fd', true, 'sta'),
  ...alternate('stdfa', Op.stdfa, '110111', DOUBLE, true, 'stda'),
  ...compareAndSwap('casa', Op.casa, '111100'),
  ...compareAndSwap('casxa', Op.casxa, '111110'),
  ...both('ldxfsr', Op.ldxfsr, Op.ldxfsr | Operand.immediate, '11 00001 100001 rs1', `${ADDRESS}, %fsr`, {
    mnemonic: 'ldx',
  }),
  ...both('stxfsr', Op.stxfsr, Op.stxfsr | Operand.immediate, '11 00001 100101 rs1', `%fsr, ${ADDRESS}`, {
    mnemonic: 'stx',
  }),
  ...both('prefetch', Op.nothing, Op.nothing, '11 fcn 101101 rs1', `${ADDRESS}, fcn`),
  ...alternate('prefetcha', Op.nothing, '111101', 'fcn'),
];

const longShift = (name: string, register: Op, immediate: Op, op3: string): Row[] => [
  only(register, name, `10 rd ${op3} rs1 0 1 0000000 rs2`, 'rs1, rs2, rd', { form: 'register' }),
  only(immediate, name, `10 rd ${op3} rs1 1 1 000000 shcnt64`, 'rs1, shcnt64, rd', { form: 'immediate' }),
];

const read = (name: string, op: Op, number: string): Row =>
  only(op, `rd${name}`, `10 rd 101000 ${number} 00000000000000`, `%${name}, rd`, { mnemonic: 'rd' });

const write = (name: string, op: Op, number: string): Row[] =>
  uncommon(`wr${name}`, op, `10 ${number} 110000 rs1`, `rs1, 2, %${name}`, { mnemonic: 'wr' });

const ARITHMETIC: Row[] = [
  ...longShift('sllx', Op.sllx, Op.sllxi, '100101'),
  ...longShift('srlx', Op.srlx, Op.srlxi, '100110'),
  ...longShift('srax', Op.srax, Op.sraxi, '100111'),
  ...uncommon('mulx', Op.mulx, '10 rd 001001 rs1'),
  ...uncommon('udivx', Op.udivx, '10 rd 001101 rs1'),
  ...uncommon('sdivx', Op.sdivx, '10 rd 101101 rs1'),
  ...uncommon('popc', Op.popc, '10 rd 101110 00000', '2, rd'),
  ...both('return', Op.return, Op.returni, '10 00000 111001 rs1', 'rs1+2'),
  only(Op.flushw, 'flushw', '10 00000 101011 00000 00000000000000'),
  only(Op.nothing, 'membar', '10 00000 101000 01111 1 000000 mask', 'mask'),
  read('ccr', Op.rdccr, '00010'),
  read('asi', Op.rdasi, '00011'),
  read('tick', Op.rdtick, '00100'),
  read('pc', Op.rdpc, '00101'),
  read('fprs', Op.rdfprs, '00110'),
  read('gsr', Op.rdgsr, '10011'),
  ...write('ccr', Op.wrccr, '00010'),
  ...write('asi', Op.wrasi, '00011'),
  ...write('fprs', Op.wrfprs, '00110'),
  ...write('gsr', Op.wrgsr, '10011'),
];

/** Newer assemblers tell pairs of registers from extended words. */
const RENAMED: Record<string, string> = { ldd: 'ldtw', std: 'sttw' };
const renamed = (row: Row): Row => {
  const mnemonic = RENAMED[row.name];
  return mnemonic === undefined ? row : { ...row, mnemonic };
};

export const TABLE_V9: readonly Row[] = [
  ...INTEGER.map(renamed),
  ...floatRows('v9'),
  ...ofV9([
    ...ARITHMETIC,
    ...MEMORY,
    ...BRANCHES,
    ...TRAPS,
    ...CONDITIONAL_MOVES,
    ...floatMoves('s', Op.fmovscc, Op.fmovsr, 1),
    ...floatMoves('d', Op.fmovdcc, Op.fmovdr, 2),
    ...VIS,
  ]),
];
