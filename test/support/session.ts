/** What a session answers, command by command, and which mixture of old and new answers is right. */
import type { Image } from '#suture/elf/index.js';
import { Process } from '#suture/process/process.js';
import { Collected, PLENTY } from './programs.js';

/** Output before the first command, then after each; each command is given only when the last was answered. */
export function answers(image: Image, session: string): string[] {
  const output = new Collected();
  const process = Process.load(image, { output: output.sink });
  const chunks: string[] = [];
  const collect = (): void => {
    chunks.push(output.text);
    output.text = '';
  };
  process.run(PLENTY);
  collect();
  for (const line of session.split('\n').filter((text) => text !== '')) {
    process.input.provide(Buffer.from(`${line}\n`));
    process.run(PLENTY);
    collect();
  }
  return chunks;
}

/** The answers of both builds to one session. */
export class OldThenNew {
  private readonly before: string[];
  private readonly after: string[];

  constructor(oldImage: Image, newImage: Image, session: string) {
    this.before = answers(oldImage, session);
    this.after = answers(newImage, session);
    if (this.before.length !== this.after.length)
      throw new Error('the builds answer a different number of commands');
  }

  /**
   * Whether `output` is old up to a command and new from there, when the update landed after `landed`
   * characters had been written: what was answered by then is old, the command under way is either, and
   * everything later is new.
   */
  isRight(output: string, landed: number): boolean {
    let answered = 0;
    for (let length = 0; answered < this.before.length; answered++) {
      length += this.before[answered]!.length;
      if (length > landed) break;
    }
    return [answered, answered + 1].some((k) => output === this.mixture(k));
  }

  private mixture(k: number): string {
    return [...this.before.slice(0, k), ...this.after.slice(k)].join('');
  }
}
