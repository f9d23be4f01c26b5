/** What may be done with a page, as bits. */
export const READ = 4;
export const WRITE = 2;
export const EXECUTE = 1;

/** `r-x--`, as pmap(1) prints it. */
export function showProtection(protection: number): string {
  const flag = (bit: number, letter: string): string => ((protection & bit) === 0 ? '-' : letter);
  return `${flag(READ, 'r')}${flag(WRITE, 'w')}${flag(EXECUTE, 'x')}--`;
}
