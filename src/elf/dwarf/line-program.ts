/** Line number programs: which source line an instruction came from. Source: DWARF 5, section 6.2. */
import type { ByteReader } from '../byte-reader.js';
import { hex } from '../errors.js';
import { readLineHeader, type LineHeader } from './line-header.js';
import type { DebugSections } from './sections.js';

/** Instructions from an address up to another that came from one line. */
export interface LineRange {
  start: number;
  end: number;
  /** As the compiler was given it. */
  file: string;
  /** From 1. */
  line: number;
}

/** Runs the program at an offset of `.debug_line`. Sorted by address. */
export function readLines(sections: DebugSections, offset: number): LineRange[] {
  const { header, program } = readLineHeader(sections, offset);
  return new Machine(sections, header, program).run().sort((a, b) => a.start - b.start);
}

/** Numbers of the standard opcodes. */
const DW_LNS = {
  copy: 1,
  advancePc: 2,
  advanceLine: 3,
  setFile: 4,
  negateStatement: 6,
  setBasicBlock: 7,
  constAddPc: 8,
  fixedAdvancePc: 9,
  setPrologueEnd: 10,
  setEpilogueBegin: 11,
} as const;
const DW_LNE = { endSequence: 1, setAddress: 2 } as const;

class Machine {
  private readonly ranges: LineRange[] = [];
  private address = 0;
  private file = 1;
  private line = 1;
  /** The row before, which ends where the next one begins. */
  private open: { start: number; file: number; line: number } | undefined;

  constructor(
    private readonly sections: DebugSections,
    private readonly header: LineHeader,
    private readonly program: ByteReader,
  ) {}

  run(): LineRange[] {
    const { program, header } = this;
    while (program.left > 0) {
      this.sections.spend();
      const opcode = program.u8();
      if (opcode >= header.opcodeBase) this.special(opcode);
      else if (opcode === 0) this.extended();
      else this.standard(opcode);
    }
    return this.ranges;
  }

  private special(opcode: number): void {
    const { opcodeBase, lineRange, lineBase } = this.header;
    const adjusted = opcode - opcodeBase;
    this.advance(Math.floor(adjusted / lineRange));
    this.line += lineBase + (adjusted % lineRange);
    this.row();
  }

  private extended(): void {
    const body = this.program.part(this.program.uleb());
    if (body.left === 0) return;
    const opcode = body.u8();
    if (opcode === DW_LNE.endSequence) {
      this.close();
      this.address = 0;
      this.file = 1;
      this.line = 1;
    } else if (opcode === DW_LNE.setAddress) {
      if (body.left !== this.sections.addressSize) {
        throw this.sections.error(
          `.debug_line sets an address of ${body.left} bytes; ${this.sections.addressSize} are right`,
        );
      }
      this.address = this.sections.address(body);
    }
  }

  private standard(opcode: number): void {
    const { program, header } = this;
    switch (opcode) {
      case DW_LNS.copy:
        this.row();
        break;
      case DW_LNS.advancePc:
        this.advance(program.uleb());
        break;
      case DW_LNS.advanceLine:
        this.line += program.sleb();
        break;
      case DW_LNS.setFile:
        this.file = program.uleb();
        break;
      case DW_LNS.constAddPc:
        this.advance(Math.floor((255 - header.opcodeBase) / header.lineRange));
        break;
      case DW_LNS.fixedAdvancePc:
        this.address += program.u16();
        break;
      case DW_LNS.negateStatement:
      case DW_LNS.setBasicBlock:
      case DW_LNS.setPrologueEnd:
      case DW_LNS.setEpilogueBegin:
        break;
      default:
        // Also DW_LNS_set_column and DW_LNS_set_isa: the header says how many operands to pass over.
        for (let i = 0; i < header.operands[opcode - 1]!; i++) program.uleb();
    }
  }

  private advance(operations: number): void {
    this.address += operations * this.header.leastInstruction;
  }

  private row(): void {
    this.close();
    this.open = { start: this.address, file: this.file, line: this.line };
  }

  /** Rows at one address replace each other: the last one counts. */
  private close(): void {
    const { open } = this;
    this.open = undefined;
    if (open === undefined || this.address <= open.start) return;
    const file = this.header.files[open.file];
    if (file === undefined) {
      throw this.sections.error(`.debug_line names file ${open.file} for ${hex(open.start)}, which it lacks`);
    }
    if (open.line < 1) return;
    this.ranges.push({ start: open.start, end: this.address, file, line: open.line });
  }
}
