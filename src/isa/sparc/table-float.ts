/**
 * Floating point of SPARC V8, which V9 has too, with twice as many double registers.
 *
 * A field of a double register holds its number. In version 8 that is even and below 32; version 9 moves bit 5
 * into bit 0, so that the same five bits name f0 to f62.
 *
 * Source: The SPARC Architecture Manual, Version 8, appendices B.2, B.5, B.22 and B.30 to B.33; Version 9,
 * section 5.1.4.1 "Floating-Point Register Number Encoding" and appendix A.
 */
import { Op, Operand } from './operations.js';
import { ADDRESS, both, FLOAT_CONDITIONS, fourBits, only, type Row } from './rows.js';

export type Version = 'v8' | 'v9';

const memory = (name: string, op: Op, head: string, syntax: string, mnemonic: string): Row[] =>
  both(name, op, op | Operand.immediate, head, syntax, { mnemonic });

/** The rows of both versions, with double registers and condition codes as `version` writes them. */
export function floatRows(version: Version): Row[] {
  const even = version === 'v8' ? '[4:1] 0' : '[4:1|5]';
  const compared = version === 'v8' ? ['00000', ''] : ['000 fcc', '%fcc, '];
  /** s: single, d: double. */
  const field = (name: string, kind: string): string => (kind === 's' ? `f${name}` : `d${name}`);
  const inPattern = (name: string): string => (name.startsWith('d') ? name + even : name);
  /** `kinds`: of rd, rs1 and rs2; no rs1 for one operand. */
  const operate = (name: string, op: Op, opf: string, kinds: string): Row => {
    const two = kinds.length === 3;
    const [rd, rs2] = [field('d', kinds[0]!), field('s2', kinds.at(-1)!)];
    const rs1 = two ? field('s1', kinds[1]!) : '00000';
    const text = `10 ${inPattern(rd)} 110100 ${two ? inPattern(rs1) : rs1} ${opf} ${inPattern(rs2)}`;
    return only(op, name, text, two ? `${rs1}, ${rs2}, ${rd}` : `${rs2}, ${rd}`);
  };
  const compare = (name: string, op: Op, opf: string, kind: string): Row => {
    const [rs1, rs2] = [field('s1', kind), field('s2', kind)];
    const text = `10 ${compared[0]} 110101 ${inPattern(rs1)} ${opf} ${inPattern(rs2)}`;
    return only(op, name, text, `${compared[1]}${rs1}, ${rs2}`);
  };
  return [
    ...memory('ldf', Op.ldf, '11 fd 100000 rs1', `${ADDRESS}, fd`, 'ld'),
    ...memory('lddf', Op.lddf, `11 dd${even} 100011 rs1`, `${ADDRESS}, dd`, 'ldd'),
    ...memory('ldfsr', Op.ldfsr, '11 00000 100001 rs1', `${ADDRESS}, %fsr`, 'ld'),
    ...memory('stf', Op.stf, '11 fd 100100 rs1', `fd, ${ADDRESS}`, 'st'),
    ...memory('stdf', Op.stdf, `11 dd${even} 100111 rs1`, `dd, ${ADDRESS}`, 'std'),
    ...memory('stfsr', Op.stfsr, '11 00000 100101 rs1', `%fsr, ${ADDRESS}`, 'st'),
    ...FLOAT_CONDITIONS.map((suffix, cond) =>
      only(Op.fb, `fb${suffix}`, `00 a ${fourBits(cond)} 110 disp22`, 'disp22', { cond, of: 'float' }),
    ),
    operate('fitos', Op.fitos, '011000100', 'ss'),
    operate('fitod', Op.fitod, '011001000', 'ds'),
    operate('fstoi', Op.fstoi, '011010001', 'ss'),
    operate('fdtoi', Op.fdtoi, '011010010', 'sd'),
    operate('fstod', Op.fstod, '011001001', 'ds'),
    operate('fdtos', Op.fdtos, '011000110', 'sd'),
    operate('fmovs', Op.fmovs, '000000001', 'ss'),
    operate('fnegs', Op.fnegs, '000000101', 'ss'),
    operate('fabss', Op.fabss, '000001001', 'ss'),
    operate('fsqrts', Op.fsqrts, '000101001', 'ss'),
    operate('fsqrtd', Op.fsqrtd, '000101010', 'dd'),
    operate('fadds', Op.fadds, '001000001', 'sss'),
    operate('faddd', Op.faddd, '001000010', 'ddd'),
    operate('fsubs', Op.fsubs, '001000101', 'sss'),
    operate('fsubd', Op.fsubd, '001000110', 'ddd'),
    operate('fmuls', Op.fmuls, '001001001', 'sss'),
    operate('fmuld', Op.fmuld, '001001010', 'ddd'),
    operate('fsmuld', Op.fsmuld, '001101001', 'dss'),
    operate('fdivs', Op.fdivs, '001001101', 'sss'),
    operate('fdivd', Op.fdivd, '001001110', 'ddd'),
    ...(version === 'v8'
      ? []
      : [
          operate('fmovd', Op.fmovd, '000000010', 'dd'),
          operate('fnegd', Op.fnegd, '000000110', 'dd'),
          operate('fabsd', Op.fabsd, '000001010', 'dd'),
          operate('fstox', Op.fstox, '010000001', 'ds'),
          operate('fdtox', Op.fdtox, '010000010', 'dd'),
          operate('fxtos', Op.fxtos, '010000100', 'sd'),
          operate('fxtod', Op.fxtod, '010001000', 'dd'),
        ].map((row) => ({ ...row, v9: true }))),
    compare('fcmps', Op.fcmps, '001010001', 's'),
    compare('fcmpd', Op.fcmpd, '001010010', 'd'),
    compare('fcmpes', Op.fcmpes, '001010101', 's'),
    compare('fcmped', Op.fcmped, '001010110', 'd'),
  ];
}
