/** The last number of an instruction's text that is no part of a name. */
const LAST_NUMBER = /(?<![\w%.$])-?(?:0x[\da-f]+|\d+)(?!\w)(?!.*(?<![\w%.$])-?(?:0x[\da-f]+|\d+)(?!\w))/;

/**
 * The text with `operand` for its last number; where the disassembler shows none (`mv a0, a0` for an addition
 * of nothing) as a comment.
 */
export function withOperand(text: string, operand: string, comment: string): string {
  return LAST_NUMBER.test(text) ? text.replace(LAST_NUMBER, () => operand) : `${text} ${comment} ${operand}`;
}
