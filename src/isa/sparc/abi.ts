/**
 * Registers by the names and uses of the calling convention, as numbers in the current window.
 *
 * Source: System V Application Binary Interface, SPARC Processor Supplement, 3rd edition, "Registers and
 * the Stack Frame".
 */
// prettier-ignore
export const REGISTER_NAMES = [
  'g0', 'g1', 'g2', 'g3', 'g4', 'g5', 'g6', 'g7', 'o0', 'o1', 'o2', 'o3', 'o4', 'o5', 'sp', 'o7',
  'l0', 'l1', 'l2', 'l3', 'l4', 'l5', 'l6', 'l7', 'i0', 'i1', 'i2', 'i3', 'i4', 'i5', 'fp', 'i7',
];

/** Number of a system call; a scratch register otherwise. */
export const G1 = 1;
/** Thread pointer. */
export const G7 = 7;
/** First argument and result; first of the outs. */
export const O0 = 8;
/** Stack pointer, o6. */
export const SP = 14;
/** Address of the call instruction that entered a leaf procedure. */
export const O7 = 15;
export const L0 = 16;
/** First argument inside a procedure that has its own window; first of the ins. */
export const I0 = 24;
/** Frame pointer, i6: the caller's stack pointer. */
export const FP = 30;
/** Address of the call instruction that entered a procedure with its own window. */
export const I7 = 31;

/** Bytes at the stack pointer that belong to the window's locals and ins. */
export const WINDOW_SAVE_BYTES = 64;
