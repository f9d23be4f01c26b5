/**
 * Executes what a 32-bit process may use of SPARC V9, see hart-v9.ts.
 *
 * Delayed transfers, annulled delay slots and window traps are those of V8, see execute.ts. Whether the second
 * operand is a register or a constant is decided as late as here for each operation.
 *
 * Source: The SPARC Architecture Manual, Version 9, chapter 6 "Instructions" and appendix A.
 */
import { memoryTrap } from '../caching-core.js';
import { MemoryFault, type Bus, type Stop } from '../core.js';
import { Reserved } from '../icache.js';
import { Page } from '../page.js';
import { highSigned, highUnsigned } from '../multiply.js';
import { addFlags, borrowOf, carryOf, Icc, joinFlags, logicFlags, subFlags } from './arithmetic.js';
import { Op } from './operations.js';
import { Place } from './registers.js';
import { UncommonV9 } from './uncommon-v9.js';

/** No page: bit 2 is masked out of what is compared. */
const NO_PAGE = 4;

export class SparcV9Core extends UncommonV9 {
  fork(bus: Bus): SparcV9Core {
    const core = new SparcV9Core(bus);
    core.become(this, bus);
    return core;
  }

  protected execute(limit: number): Stop {
    const { bus, cache, windows, floatingPoint: float } = this;
    let { r, high } = windows;
    const budget = (limit - this.retired) | 0;
    let left = budget;
    let pc = this.nextPc | 0;
    let npc = this.afterNext | 0;
    let ccr = this.ccr | 0;
    let page = NO_PAGE;
    let code: Int32Array = r;
    let stop: Stop = { kind: 'limit' };
    try {
      loop: while (left > 0) {
        // A misaligned pc is on no page, so that it goes the slow way and faults there.
        if ((pc & (Page.base | 3)) !== page) {
          if ((pc & 3) !== 0) throw new MemoryFault('fetch', pc, 'misaligned');
          code = cache.page(pc >>> 0);
          page = pc & Page.base;
        }
        // Four bytes an instruction, four words a slot.
        const k = pc & Page.offset;
        const operation = code[k]!;
        let after = (npc + 4) | 0;
        switch (operation) {
          case Reserved.notFetched:
            cache.fetch(pc >>> 0);
            page = NO_PAGE;
            continue;
          case Reserved.breakpoint:
            stop = { kind: 'breakpoint', pc: pc >>> 0 };
            break loop;
          case Op.illegal:
            stop = { kind: 'illegal', pc: pc >>> 0, word: code[k + 1]! >>> 0 };
            break loop;
          case Op.nothing:
            break;
          case Op.sethi: {
            const rd = code[k + 1]!;
            r[rd] = code[k + 2]!;
            high[rd] = 0;
            break;
          }
          case Op.bicc:
            if (((code[k + 1]! >>> ((ccr >> code[k + 3]!) & 15)) & 1) !== 0) after = (pc + code[k + 2]!) | 0;
            break;
          case Op.bicc_a:
            if (((code[k + 1]! >>> ((ccr >> code[k + 3]!) & 15)) & 1) !== 0) {
              after = (pc + code[k + 2]!) | 0;
            } else {
              npc = after;
              after = (npc + 4) | 0;
            }
            break;
          case Op.ba_a:
            npc = (pc + code[k + 2]!) | 0;
            after = (npc + 4) | 0;
            break;
          case Op.fb:
            if (((code[k + 1]! >>> ((float.fcc >> code[k + 3]!) & 3)) & 1) !== 0) {
              after = (pc + code[k + 2]!) | 0;
            }
            break;
          case Op.fb_a:
            if (((code[k + 1]! >>> ((float.fcc >> code[k + 3]!) & 3)) & 1) !== 0) {
              after = (pc + code[k + 2]!) | 0;
            } else {
              npc = after;
              after = (npc + 4) | 0;
            }
            break;
          case Op.br:
            if (((code[k + 1]! >>> this.signOf(code[k + 3]!)) & 1) !== 0) after = (pc + code[k + 2]!) | 0;
            break;
          case Op.br_a:
            if (((code[k + 1]! >>> this.signOf(code[k + 3]!)) & 1) !== 0) {
              after = (pc + code[k + 2]!) | 0;
            } else {
              npc = after;
              after = (npc + 4) | 0;
            }
            break;
          case Op.call:
            r[Place.o7] = pc;
            high[Place.o7] = 0;
            after = (pc + code[k + 1]!) | 0;
            break;
          case Op.jmpl:
          case Op.jmpli: {
            const c = code[k + 3]!;
            const target = (r[code[k + 2]!]! + (operation === Op.jmpli ? c : r[c]!)) | 0;
            if ((target & 3) !== 0) throw new MemoryFault('fetch', target, 'misaligned');
            const rd = code[k + 1]!;
            r[rd] = pc;
            high[rd] = 0;
            after = target;
            break;
          }
          case Op.return:
          case Op.returni: {
            const c = code[k + 3]!;
            const target = (r[code[k + 2]!]! + (operation === Op.returni ? c : r[c]!)) | 0;
            if ((target & 3) !== 0) throw new MemoryFault('fetch', target, 'misaligned');
            windows.restore(bus);
            ({ r, high } = windows);
            after = target;
            break;
          }
          case Op.ticc:
          case Op.ticci: {
            this.ccr = ccr;
            if (!this.holds(code[k + 1]!)) break;
            const c = code[k + 3]!;
            const number = (r[code[k + 2]!]! + (operation === Op.ticci ? c : r[c]!)) & 0x7f;
            const trap = this.softwareTrap(number, pc);
            if (trap === undefined) break;
            stop = trap;
            break loop;
          }
          case Op.ld:
          case Op.ldi: {
            const c = code[k + 3]!;
            const constant = operation === Op.ldi;
            const address = (r[code[k + 2]!]! + (constant ? c : r[c]!)) | 0;
            const rd = code[k + 1]!;
            const value = bus.load32(address);
            r[rd] = value;
            high[rd] = 0;
            break;
          }
          case Op.ldsb:
          case Op.ldsbi: {
            const c = code[k + 3]!;
            const constant = operation === Op.ldsbi;
            const address = (r[code[k + 2]!]! + (constant ? c : r[c]!)) | 0;
            const rd = code[k + 1]!;
            const value = (bus.load8(address) << 24) >> 24;
            r[rd] = value;
            high[rd] = value >> 31;
            break;
          }
          case Op.ldsh:
          case Op.ldshi: {
            const c = code[k + 3]!;
            const constant = operation === Op.ldshi;
            const address = (r[code[k + 2]!]! + (constant ? c : r[c]!)) | 0;
            const rd = code[k + 1]!;
            const value = (bus.load16(address) << 16) >> 16;
            r[rd] = value;
            high[rd] = value >> 31;
            break;
          }
          case Op.ldub:
          case Op.ldubi: {
            const c = code[k + 3]!;
            const constant = operation === Op.ldubi;
            const address = (r[code[k + 2]!]! + (constant ? c : r[c]!)) | 0;
            const rd = code[k + 1]!;
            const value = bus.load8(address);
            r[rd] = value;
            high[rd] = 0;
            break;
          }
          case Op.lduh:
          case Op.lduhi: {
            const c = code[k + 3]!;
            const constant = operation === Op.lduhi;
            const address = (r[code[k + 2]!]! + (constant ? c : r[c]!)) | 0;
            const rd = code[k + 1]!;
            const value = bus.load16(address);
            r[rd] = value;
            high[rd] = 0;
            break;
          }
          case Op.ldd:
          case Op.lddi: {
            const c = code[k + 3]!;
            const constant = operation === Op.lddi;
            this.loadPair(code[k + 1]!, (r[code[k + 2]!]! + (constant ? c : r[c]!)) | 0);
            break;
          }
          case Op.ldx:
          case Op.ldxi: {
            const c = code[k + 3]!;
            const constant = operation === Op.ldxi;
            this.loadExtended(code[k + 1]!, (r[code[k + 2]!]! + (constant ? c : r[c]!)) | 0);
            break;
          }
          case Op.st:
          case Op.sti: {
            const c = code[k + 3]!;
            const constant = operation === Op.sti;
            bus.store32((r[code[k + 2]!]! + (constant ? c : r[c]!)) | 0, r[code[k + 1]!]!);
            break;
          }
          case Op.stb:
          case Op.stbi: {
            const c = code[k + 3]!;
            const constant = operation === Op.stbi;
            bus.store8((r[code[k + 2]!]! + (constant ? c : r[c]!)) | 0, r[code[k + 1]!]!);
            break;
          }
          case Op.sth:
          case Op.sthi: {
            const c = code[k + 3]!;
            const constant = operation === Op.sthi;
            bus.store16((r[code[k + 2]!]! + (constant ? c : r[c]!)) | 0, r[code[k + 1]!]!);
            break;
          }
          case Op.std:
          case Op.stdi: {
            const c = code[k + 3]!;
            const constant = operation === Op.stdi;
            this.storePair(code[k + 1]!, (r[code[k + 2]!]! + (constant ? c : r[c]!)) | 0);
            break;
          }
          case Op.stx:
          case Op.stxi: {
            const c = code[k + 3]!;
            const constant = operation === Op.stxi;
            this.storeExtended(code[k + 1]!, (r[code[k + 2]!]! + (constant ? c : r[c]!)) | 0);
            break;
          }
          case Op.add:
          case Op.addi: {
            const c = code[k + 3]!;
            const constant = operation === Op.addi;
            const x = r[code[k + 2]!]!;
            const y = constant ? c : r[c]!;
            const xHigh = high[code[k + 2]!]!;
            const yHigh = constant ? c >> 31 : high[c]!;
            const z = (x + y) | 0;
            const zHigh = (xHigh + yHigh + carryOf(x, y, z)) | 0;
            const rd = code[k + 1]!;
            r[rd] = z;
            high[rd] = zHigh;
            break;
          }
          case Op.addcc:
          case Op.addcci: {
            const c = code[k + 3]!;
            const constant = operation === Op.addcci;
            const x = r[code[k + 2]!]!;
            const y = constant ? c : r[c]!;
            const xHigh = high[code[k + 2]!]!;
            const yHigh = constant ? c >> 31 : high[c]!;
            const z = (x + y) | 0;
            const zHigh = (xHigh + yHigh + carryOf(x, y, z)) | 0;
            ccr = joinFlags(addFlags(x, y, z), addFlags(xHigh, yHigh, zHigh));
            const rd = code[k + 1]!;
            r[rd] = z;
            high[rd] = zHigh;
            break;
          }
          case Op.addx:
          case Op.addxi: {
            const c = code[k + 3]!;
            const constant = operation === Op.addxi;
            const x = r[code[k + 2]!]!;
            const y = constant ? c : r[c]!;
            const xHigh = high[code[k + 2]!]!;
            const yHigh = constant ? c >> 31 : high[c]!;
            const z = (x + y + (ccr & Icc.carry)) | 0;
            const zHigh = (xHigh + yHigh + carryOf(x, y, z)) | 0;
            const rd = code[k + 1]!;
            r[rd] = z;
            high[rd] = zHigh;
            break;
          }
          case Op.addxcc:
          case Op.addxcci: {
            const c = code[k + 3]!;
            const constant = operation === Op.addxcci;
            const x = r[code[k + 2]!]!;
            const y = constant ? c : r[c]!;
            const xHigh = high[code[k + 2]!]!;
            const yHigh = constant ? c >> 31 : high[c]!;
            const z = (x + y + (ccr & Icc.carry)) | 0;
            const zHigh = (xHigh + yHigh + carryOf(x, y, z)) | 0;
            ccr = joinFlags(addFlags(x, y, z), addFlags(xHigh, yHigh, zHigh));
            const rd = code[k + 1]!;
            r[rd] = z;
            high[rd] = zHigh;
            break;
          }
          case Op.sub:
          case Op.subi: {
            const c = code[k + 3]!;
            const constant = operation === Op.subi;
            const x = r[code[k + 2]!]!;
            const y = constant ? c : r[c]!;
            const xHigh = high[code[k + 2]!]!;
            const yHigh = constant ? c >> 31 : high[c]!;
            const z = (x - y) | 0;
            const zHigh = (xHigh - yHigh - borrowOf(x, y, z)) | 0;
            const rd = code[k + 1]!;
            r[rd] = z;
            high[rd] = zHigh;
            break;
          }
          case Op.subcc:
          case Op.subcci: {
            const c = code[k + 3]!;
            const constant = operation === Op.subcci;
            const x = r[code[k + 2]!]!;
            const y = constant ? c : r[c]!;
            const xHigh = high[code[k + 2]!]!;
            const yHigh = constant ? c >> 31 : high[c]!;
            const z = (x - y) | 0;
            const zHigh = (xHigh - yHigh - borrowOf(x, y, z)) | 0;
            ccr = joinFlags(subFlags(x, y, z), subFlags(xHigh, yHigh, zHigh));
            const rd = code[k + 1]!;
            r[rd] = z;
            high[rd] = zHigh;
            break;
          }
          case Op.subx:
          case Op.subxi: {
            const c = code[k + 3]!;
            const constant = operation === Op.subxi;
            const x = r[code[k + 2]!]!;
            const y = constant ? c : r[c]!;
            const xHigh = high[code[k + 2]!]!;
            const yHigh = constant ? c >> 31 : high[c]!;
            const z = (x - y - (ccr & Icc.carry)) | 0;
            const zHigh = (xHigh - yHigh - borrowOf(x, y, z)) | 0;
            const rd = code[k + 1]!;
            r[rd] = z;
            high[rd] = zHigh;
            break;
          }
          case Op.subxcc:
          case Op.subxcci: {
            const c = code[k + 3]!;
            const constant = operation === Op.subxcci;
            const x = r[code[k + 2]!]!;
            const y = constant ? c : r[c]!;
            const xHigh = high[code[k + 2]!]!;
            const yHigh = constant ? c >> 31 : high[c]!;
            const z = (x - y - (ccr & Icc.carry)) | 0;
            const zHigh = (xHigh - yHigh - borrowOf(x, y, z)) | 0;
            ccr = joinFlags(subFlags(x, y, z), subFlags(xHigh, yHigh, zHigh));
            const rd = code[k + 1]!;
            r[rd] = z;
            high[rd] = zHigh;
            break;
          }
          case Op.and:
          case Op.andi: {
            const c = code[k + 3]!;
            const constant = operation === Op.andi;
            const z = r[code[k + 2]!]! & (constant ? c : r[c]!);
            const zHigh = high[code[k + 2]!]! & (constant ? c >> 31 : high[c]!);
            const rd = code[k + 1]!;
            r[rd] = z;
            high[rd] = zHigh;
            break;
          }
          case Op.andcc:
          case Op.andcci: {
            const c = code[k + 3]!;
            const constant = operation === Op.andcci;
            const z = r[code[k + 2]!]! & (constant ? c : r[c]!);
            const zHigh = high[code[k + 2]!]! & (constant ? c >> 31 : high[c]!);
            ccr = joinFlags(logicFlags(z), logicFlags(zHigh));
            const rd = code[k + 1]!;
            r[rd] = z;
            high[rd] = zHigh;
            break;
          }
          case Op.andn:
          case Op.andni: {
            const c = code[k + 3]!;
            const constant = operation === Op.andni;
            const z = r[code[k + 2]!]! & ~(constant ? c : r[c]!);
            const zHigh = high[code[k + 2]!]! & ~(constant ? c >> 31 : high[c]!);
            const rd = code[k + 1]!;
            r[rd] = z;
            high[rd] = zHigh;
            break;
          }
          case Op.andncc:
          case Op.andncci: {
            const c = code[k + 3]!;
            const constant = operation === Op.andncci;
            const z = r[code[k + 2]!]! & ~(constant ? c : r[c]!);
            const zHigh = high[code[k + 2]!]! & ~(constant ? c >> 31 : high[c]!);
            ccr = joinFlags(logicFlags(z), logicFlags(zHigh));
            const rd = code[k + 1]!;
            r[rd] = z;
            high[rd] = zHigh;
            break;
          }
          case Op.or:
          case Op.ori: {
            const c = code[k + 3]!;
            const constant = operation === Op.ori;
            const z = r[code[k + 2]!]! | (constant ? c : r[c]!);
            const zHigh = high[code[k + 2]!]! | (constant ? c >> 31 : high[c]!);
            const rd = code[k + 1]!;
            r[rd] = z;
            high[rd] = zHigh;
            break;
          }
          case Op.orcc:
          case Op.orcci: {
            const c = code[k + 3]!;
            const constant = operation === Op.orcci;
            const z = r[code[k + 2]!]! | (constant ? c : r[c]!);
            const zHigh = high[code[k + 2]!]! | (constant ? c >> 31 : high[c]!);
            ccr = joinFlags(logicFlags(z), logicFlags(zHigh));
            const rd = code[k + 1]!;
            r[rd] = z;
            high[rd] = zHigh;
            break;
          }
          case Op.orn:
          case Op.orni: {
            const c = code[k + 3]!;
            const constant = operation === Op.orni;
            const z = r[code[k + 2]!]! | ~(constant ? c : r[c]!);
            const zHigh = high[code[k + 2]!]! | ~(constant ? c >> 31 : high[c]!);
            const rd = code[k + 1]!;
            r[rd] = z;
            high[rd] = zHigh;
            break;
          }
          case Op.orncc:
          case Op.orncci: {
            const c = code[k + 3]!;
            const constant = operation === Op.orncci;
            const z = r[code[k + 2]!]! | ~(constant ? c : r[c]!);
            const zHigh = high[code[k + 2]!]! | ~(constant ? c >> 31 : high[c]!);
            ccr = joinFlags(logicFlags(z), logicFlags(zHigh));
            const rd = code[k + 1]!;
            r[rd] = z;
            high[rd] = zHigh;
            break;
          }
          case Op.xor:
          case Op.xori: {
            const c = code[k + 3]!;
            const constant = operation === Op.xori;
            const z = r[code[k + 2]!]! ^ (constant ? c : r[c]!);
            const zHigh = high[code[k + 2]!]! ^ (constant ? c >> 31 : high[c]!);
            const rd = code[k + 1]!;
            r[rd] = z;
            high[rd] = zHigh;
            break;
          }
          case Op.xorcc:
          case Op.xorcci: {
            const c = code[k + 3]!;
            const constant = operation === Op.xorcci;
            const z = r[code[k + 2]!]! ^ (constant ? c : r[c]!);
            const zHigh = high[code[k + 2]!]! ^ (constant ? c >> 31 : high[c]!);
            ccr = joinFlags(logicFlags(z), logicFlags(zHigh));
            const rd = code[k + 1]!;
            r[rd] = z;
            high[rd] = zHigh;
            break;
          }
          case Op.xnor:
          case Op.xnori: {
            const c = code[k + 3]!;
            const constant = operation === Op.xnori;
            const z = ~(r[code[k + 2]!]! ^ (constant ? c : r[c]!));
            const zHigh = ~(high[code[k + 2]!]! ^ (constant ? c >> 31 : high[c]!));
            const rd = code[k + 1]!;
            r[rd] = z;
            high[rd] = zHigh;
            break;
          }
          case Op.xnorcc:
          case Op.xnorcci: {
            const c = code[k + 3]!;
            const constant = operation === Op.xnorcci;
            const z = ~(r[code[k + 2]!]! ^ (constant ? c : r[c]!));
            const zHigh = ~(high[code[k + 2]!]! ^ (constant ? c >> 31 : high[c]!));
            ccr = joinFlags(logicFlags(z), logicFlags(zHigh));
            const rd = code[k + 1]!;
            r[rd] = z;
            high[rd] = zHigh;
            break;
          }
          case Op.sll:
          case Op.slli: {
            const c = code[k + 3]!;
            const constant = operation === Op.slli;
            const x = r[code[k + 2]!]!;
            const count = (constant ? c : r[c]!) & 31;
            const rd = code[k + 1]!;
            // Version 9's sll moves all 64 bits.
            high[rd] = (high[code[k + 2]!]! << count) | ((x >>> 1) >>> (31 - count));
            r[rd] = x << count;
            break;
          }
          case Op.srl:
          case Op.srli: {
            const c = code[k + 3]!;
            const constant = operation === Op.srli;
            const rd = code[k + 1]!;
            r[rd] = r[code[k + 2]!]! >>> ((constant ? c : r[c]!) & 31);
            high[rd] = 0;
            break;
          }
          case Op.sra:
          case Op.srai: {
            const c = code[k + 3]!;
            const constant = operation === Op.srai;
            const rd = code[k + 1]!;
            const z = r[code[k + 2]!]! >> ((constant ? c : r[c]!) & 31);
            r[rd] = z;
            high[rd] = z >> 31;
            break;
          }
          case Op.sllx:
          case Op.sllxi: {
            const c = code[k + 3]!;
            const constant = operation === Op.sllxi;
            const x = r[code[k + 2]!]!;
            const xHigh = high[code[k + 2]!]!;
            const count = (constant ? c : r[c]!) & 63;
            const rd = code[k + 1]!;
            if (count < 32) {
              r[rd] = x << count;
              high[rd] = (xHigh << count) | ((x >>> 1) >>> (31 - count));
            } else {
              r[rd] = 0;
              high[rd] = x << (count - 32);
            }
            break;
          }
          case Op.srlx:
          case Op.srlxi: {
            const c = code[k + 3]!;
            const constant = operation === Op.srlxi;
            const x = r[code[k + 2]!]!;
            const xHigh = high[code[k + 2]!]!;
            const count = (constant ? c : r[c]!) & 63;
            const rd = code[k + 1]!;
            if (count < 32) {
              r[rd] = (x >>> count) | ((xHigh << 1) << (31 - count));
              high[rd] = xHigh >>> count;
            } else {
              r[rd] = xHigh >>> (count - 32);
              high[rd] = 0;
            }
            break;
          }
          case Op.srax:
          case Op.sraxi: {
            const c = code[k + 3]!;
            const constant = operation === Op.sraxi;
            const x = r[code[k + 2]!]!;
            const xHigh = high[code[k + 2]!]!;
            const count = (constant ? c : r[c]!) & 63;
            const rd = code[k + 1]!;
            if (count < 32) {
              r[rd] = (x >>> count) | ((xHigh << 1) << (31 - count));
              high[rd] = xHigh >> count;
            } else {
              r[rd] = xHigh >> (count - 32);
              high[rd] = xHigh >> 31;
            }
            break;
          }
          case Op.umul:
          case Op.umuli: {
            const c = code[k + 3]!;
            const constant = operation === Op.umuli;
            const x = r[code[k + 2]!]!;
            const y = constant ? c : r[c]!;
            const rd = code[k + 1]!;
            const upper = highUnsigned(x, y);
            this.y = upper;
            r[rd] = Math.imul(x, y);
            high[rd] = upper;
            break;
          }
          case Op.smul:
          case Op.smuli: {
            const c = code[k + 3]!;
            const constant = operation === Op.smuli;
            const x = r[code[k + 2]!]!;
            const y = constant ? c : r[c]!;
            const rd = code[k + 1]!;
            const upper = highSigned(x, y);
            this.y = upper;
            r[rd] = Math.imul(x, y);
            high[rd] = upper;
            break;
          }
          case Op.save:
          case Op.savei: {
            const c = code[k + 3]!;
            const constant = operation === Op.savei;
            const x = r[code[k + 2]!]!;
            const y = constant ? c : r[c]!;
            const xHigh = high[code[k + 2]!]!;
            const yHigh = constant ? c >> 31 : high[c]!;
            const z = (x + y) | 0;
            windows.save(bus);
            ({ r, high } = windows);
            const rd = code[k + 1]!;
            r[rd] = z;
            high[rd] = xHigh + yHigh + carryOf(x, y, z);
            break;
          }
          case Op.restore:
          case Op.restorei: {
            const c = code[k + 3]!;
            const constant = operation === Op.restorei;
            const x = r[code[k + 2]!]!;
            const y = constant ? c : r[c]!;
            const xHigh = high[code[k + 2]!]!;
            const yHigh = constant ? c >> 31 : high[c]!;
            const z = (x + y) | 0;
            windows.restore(bus);
            ({ r, high } = windows);
            const rd = code[k + 1]!;
            r[rd] = z;
            high[rd] = xHigh + yHigh + carryOf(x, y, z);
            break;
          }
          case Op.movcc:
          case Op.movcci: {
            this.ccr = ccr;
            if (!this.holds(code[k + 2]!)) break;
            const c = code[k + 3]!;
            const constant = operation === Op.movcci;
            const rd = code[k + 1]!;
            r[rd] = constant ? c : r[c]!;
            high[rd] = constant ? c >> 31 : high[c]!;
            break;
          }
          case Op.movr:
          case Op.movri: {
            if (!this.registerHolds(code[k + 2]!)) break;
            const c = code[k + 3]!;
            const constant = operation === Op.movri;
            const rd = code[k + 1]!;
            r[rd] = constant ? c : r[c]!;
            high[rd] = constant ? c >> 31 : high[c]!;
            break;
          }
          case Op.rdy: {
            const rd = code[k + 1]!;
            r[rd] = this.y;
            high[rd] = 0;
            break;
          }
          case Op.rdtick: {
            const rd = code[k + 1]!;
            this.clockSeen = true;
            const time = this.timeBase + this.idleTime + this.retired + (budget - left);
            r[rd] = time;
            high[rd] = Math.floor(time / 2 ** 32);
            break;
          }
          default: {
            let trap: Stop | undefined;
            if (operation >= Op.firstFloat && operation < Op.firstVis) {
              trap = this.operateFloat(operation, code[k + 1]!, code[k + 2]!, code[k + 3]!, pc);
            } else {
              this.ccr = ccr;
              trap = this.uncommon(operation, code[k + 1]!, code[k + 2]!, code[k + 3]!, pc);
              ccr = this.ccr | 0;
              // It may have been a flush.
              page = NO_PAGE;
            }
            if (trap !== undefined) {
              stop = trap;
              break loop;
            }
          }
        }
        pc = npc;
        npc = after;
        left--;
      }
    } catch (error) {
      stop = memoryTrap(error, pc);
    }
    this.nextPc = pc;
    this.afterNext = npc;
    this.ccr = ccr;
    this.retired += budget - left;
    return stop;
  }
}
