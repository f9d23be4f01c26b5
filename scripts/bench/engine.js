/**
 * An engine of suture, in a Node process of its own for each ISA: what one core taught the host's compiler would
 * slow the next one.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { clearTimeout, setTimeout } from 'node:timers';

/** No run takes longer, unless nothing can come of it. */
const PATIENCE_SECONDS = 60;

export class Engine {
  #child;
  #ended;

  /** @param name `builtin` or `unicorn`. */
  constructor(name) {
    this.name = name;
    this.#start();
  }

  /** Why the engine cannot run this program at all, or undefined when it can. */
  async absence(file) {
    return (await this.#ask('absence', file)).reason;
  }

  /** The workload with its usual work: output, seconds and retired instructions; or why it came to nothing. */
  async run(file) {
    const timer = setTimeout(() => this.#child.kill(), PATIENCE_SECONDS * 1000);
    try {
      return await this.#ask('run', file);
    } catch (error) {
      if (!this.#child.killed) throw error;
      this.#start();
      return { failure: `not done in ${PATIENCE_SECONDS} seconds` };
    } finally {
      clearTimeout(timer);
    }
  }

  /** What forks take in time and memory. */
  forks(file) {
    return this.#ask('forks', file);
  }

  end() {
    this.#child.kill();
  }

  #start() {
    this.#child = fork(new URL('guest.js', import.meta.url), { execArgv: ['--expose-gc'] });
    this.#ended = once(this.#child, 'exit').then(([status, signal]) => ({
      error: `the process of the ${this.name} engine ended with ${signal ?? status}`,
    }));
  }

  async #ask(kind, file) {
    this.#child.send({ kind, engine: this.name, file: file.href });
    const answer = await Promise.race([once(this.#child, 'message').then(([first]) => first), this.#ended]);
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }
}
