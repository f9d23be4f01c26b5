/** `suture demo`: the story of one live patch, told on both instruction sets from what really happens. */
import pc from 'picocolors';
import { fileURLToPath } from 'node:url';
import { hex, SymbolIndex, type Image } from '../elf/index.js';
import { Disassembler } from '../isa/disassemble.js';
import {
  diff,
  instructionsOf,
  link,
  LiveProcess,
  openPackage,
  parseManifest,
  Program,
  select,
  walkThread,
  type Patch,
  type Plan,
  type PlannedWrite,
  type UpdateEvent,
} from '../patch/index.js';
import { Process } from '../process/process.js';
import { EmulatedTarget } from '../target/index.js';
import { demoComparison } from './demo-comparison.js';
import { demoRehearsal } from './demo-rehearsal.js';
import { CliError, ExitCode } from './exit-codes.js';
import { loadImage, readBytes, readText } from './files.js';
import { printLines } from './guest.js';
import { patchOf } from './packages.js';
import { pmapLines } from './pmap.js';
import { blockerText, waitText } from './story.js';

const PACKAGE = new URL('../../', import.meta.url);
const PROCEDURE = 'compound';
/** How deep in its recursion the procedure is when the update signal comes. */
const DEPTH = 3;
const LONGEST_SEARCH = 1_000_000;

export async function demo(): Promise<void> {
  say(pc.bold('A service is patched while it runs, without losing its state, and the patch is taken back.'));
  for (const isa of ['rv32', 'sparc']) await new Story(isa).tell();
  say('');
  say(pc.bold('Both processes went on to the end with the state they had. Try it yourself:'));
  say('  node dist/cli/main.js run targets/teller/teller.rv32.elf --at 700 \\');
  say('    --patch patches/teller-grow/new.rv32.elf < patches/teller-grow/session.txt');
  say('  node dist/cli/main.js compare targets/teller/teller.rv32.elf patches/teller-grow/new.rv32.elf \\');
  say('    --html report.html < patches/teller-grow/session.txt');
  say('  node dist/cli/main.js rehearse targets/teller/teller.rv32.elf patches/teller-grow/new.rv32.elf \\');
  say('    --stdin patches/teller-grow/session.txt --html map.html');
}

const say = (text: string): void => {
  printLines([text]);
};

const locate = (name: string): string => fileURLToPath(new URL(name, PACKAGE));

class Story {
  private readonly oldImage: Image;
  private readonly newImage: Image;
  private readonly guest: Process;
  private readonly live: LiveProcess;
  private readonly symbols: SymbolIndex;
  private answer = '';
  private chapter = 0;

  constructor(private readonly isa: string) {
    this.oldImage = loadImage(locate(`targets/teller/teller.${isa}.elf`));
    this.newImage = loadImage(locate(`patches/teller-grow/new.${isa}.elf`));
    this.guest = Process.load(this.oldImage, {
      output: (_descriptor, bytes) => {
        this.answer += Buffer.from(bytes).toString('latin1');
      },
    });
    this.live = new LiveProcess(new EmulatedTarget(this.guest));
    this.symbols = new SymbolIndex(this.oldImage.symbols);
  }

  /** A counter moves from one procedure to another; its manifest may name what has to hold then. */
  private rehearseTasks(name: string): string[] {
    const oldImage = loadImage(locate(`targets/tasks/tasks.${this.isa}.elf`));
    const newImage = loadImage(locate(`patches/${name}/new.${this.isa}.elf`));
    const manifest = locate(`patches/${name}/manifest.json`);
    const {
      metadata,
      hooks,
      select: decisions,
    } = instructionsOf(parseManifest(readText(manifest), manifest));
    const comparison = diff(new Program(oldImage), new Program(newImage));
    const patch = openPackage(link(comparison, select(comparison, decisions), { metadata, hooks }));
    const session = readBytes(locate(`patches/${name}/session.txt`));
    return demoRehearsal(name, oldImage, newImage, patch, session);
  }

  async tell(): Promise<void> {
    const { isa } = this.guest;
    say('');
    say(pc.bold(pc.inverse(` ${isa.title} `)));
    const disassembler = await Disassembler.create(isa);
    const patch = this.prepare();
    this.heading('The service answers, with a defect: compound interest loses fractions of cents');
    const wrong = this.ask('forecast 2 4');
    this.ask('deposit 2 50');
    const plan = this.update(patch, disassembler);
    this.heading('The service answers right, and knows its balances');
    const right = this.ask('forecast 2 4');
    this.ask('interest 2 4 compound');
    say('     (this one calls through a table of function pointers, and arrives by the trampoline)');
    const balance = this.ask('statement 2');
    this.heading('The layout now');
    this.layout(plan);
    this.rollBack(plan);
    this.heading('The defect is back');
    const again = this.ask('forecast 2 4');
    this.ask('quit');
    this.heading('The same update under every strategy, and what it costs (pause and + are instructions)');
    const session = readBytes(locate('patches/teller-grow/session.txt'));
    for (const line of demoComparison(this.oldImage, this.newImage, patch, session)) say(line);
    this.heading('What would have become of it at every instruction of that session');
    for (const line of demoRehearsal('teller-grow', this.oldImage, this.newImage, patch, session)) say(line);
    this.heading('An update that no look at stacks can time, without and with the state it requires');
    for (const name of ['figure-2-activeness', 'figure-2'])
      for (const line of this.rehearseTasks(name)) say(line);
    disassembler.close();
    check(balance.includes('+50.00'), 'the deposit made before the update was lost');
    check(wrong !== right, 'the update did not change the answer');
    check(wrong !== again, 'the deposit did not change the answer');
    check(
      this.guest.run(this.guest.instructions + LONGEST_SEARCH).kind === 'exited',
      'the service did not end',
    );
  }

  private heading(text: string): void {
    this.chapter++;
    say('');
    say(pc.cyan(`${this.chapter}. ${text}`));
  }

  private prepare(): Patch {
    this.guest.run(LONGEST_SEARCH);
    this.answer = '';
    this.heading('The layout of the running service');
    this.layout();
    this.heading('What changed between the two builds');
    const comparison = diff(new Program(this.oldImage), new Program(this.newImage));
    const same = comparison.verdicts.filter(({ verdict }) => verdict === 'unchanged').length;
    for (const { name, kind, verdict, reason } of comparison.verdicts) {
      if (verdict !== 'unchanged') say(`   ${kind} ${pc.bold(name)}: ${verdict}, ${reason ?? ''}`);
    }
    say(`   ${same} other procedures and objects are unchanged, wherever the linker put them`);
    return patchOf(comparison);
  }

  /** Gives the service a command and prints its answer. */
  private ask(command: string): string {
    this.give(command);
    this.guest.run(this.guest.instructions + LONGEST_SEARCH);
    return this.hear();
  }

  private give(command: string): void {
    say(`   ${pc.dim('>')} ${command}`);
    this.guest.input.provide(Buffer.from(`${command}\n`));
  }

  private hear(): string {
    const answer = this.answer;
    this.answer = '';
    for (const line of answer.trimEnd().split('\n')) say(`     ${pc.yellow(line)}`);
    return answer;
  }

  private layout(plan?: Plan): void {
    const title = `   1:   ${this.oldImage.name} (at instruction ${this.guest.instructions})`;
    const added = (start: number): boolean => plan?.reservations.some((r) => r.start === start) === true;
    const lines = pmapLines(title, this.guest.memory.regions, (line, { start }) =>
      added(start) ? pc.green(`${line}   <- added by the patch`) : line,
    );
    for (const [i, line] of lines.entries()) say(i === 0 ? line : `   ${line}`);
  }

  private update(patch: Patch, disassembler: Disassembler): Plan {
    this.heading(`The update signal arrives while ${PROCEDURE} is active ${DEPTH} times`);
    this.give('forecast 2 4');
    this.runInto();
    say(`   stopped at instruction ${this.guest.instructions}, the stack is:`);
    this.backtrace();
    let plan: Plan | undefined;
    const onEvent = (event: UpdateEvent): void => {
      if (event.kind === 'prepared') plan = event.plan;
      if (event.kind === 'busy') {
        this.heading('It has to wait');
        for (const blocker of event.blockers) say(`   ${blockerText(blocker, this.guest.threads.length)}`);
        say(`   the process runs on ${waitText(event.wait, this.symbols)}`);
      }
    };
    const asked = this.guest.instructions;
    this.live.update(patch, { onEvent }).advance();
    const waited = this.guest.instructions - asked;
    this.heading(`The patch lands at instruction ${this.guest.instructions}, ${waited} later`);
    for (const reservation of plan!.reservations) {
      say(`   reserved ${hex(reservation.start)}..${hex(reservation.end)} for ${reservation.why}`);
    }
    for (const write of plan!.writes) showWrite(write, disassembler);
    for (const note of plan!.notes) say(`   note: ${note}`);
    this.guest.run(this.guest.instructions + LONGEST_SEARCH);
    say('');
    say('   the answer to the command that was under way, still by the old code:');
    this.hear();
    return plan!;
  }

  private rollBack(plan: Plan): void {
    this.heading('Rolled back');
    this.live.rollback().advance();
    const text = this.oldImage.segments.filter((segment) => segment.executable);
    const same = text.every(
      ({ address, bytes }) => Buffer.compare(this.guest.memory.read(address, bytes.length), bytes) === 0,
    );
    check(same, 'text differs from the file after rollback');
    const left = plan.reservations.filter(({ start }) => this.guest.memory.find(start) !== undefined);
    check(left.length === 0, 'reserved memory was not released');
    say(
      `   all ${text.reduce((sum, { bytes }) => sum + bytes.length, 0)} bytes of text are those of the file again; what was reserved is released`,
    );
    this.layout();
  }

  /** Runs to an instruction inside the procedure, with the wanted number of activations on the stack. */
  private runInto(): void {
    for (let i = 0; i < LONGEST_SEARCH; i++) {
      this.guest.run(this.guest.instructions + 1);
      const symbol = this.symbols.at(this.guest.core.pc);
      if (symbol?.name !== PROCEDURE || symbol.address === this.guest.core.pc) continue;
      const active = this.activations().filter(({ within }) => this.symbols.at(within)?.name === PROCEDURE);
      if (active.length === DEPTH) return;
    }
    throw new CliError(ExitCode.internal, `${PROCEDURE} was never active ${DEPTH} times`);
  }

  private activations(): ReturnType<typeof walkThread>['activations'] {
    const { target, rules } = this.live;
    return walkThread(target, target.threads[0]!, rules.ruleAt).activations;
  }

  private backtrace(): void {
    for (const [depth, { resume, within }] of this.activations().entries()) {
      const [address] = resume as [number];
      const symbol = this.symbols.at(within);
      const line = `     #${depth}  ${hex(address)}  ${symbol?.name ?? '?'}+${hex(address - (symbol?.address ?? 0))}`;
      say(symbol?.name === PROCEDURE ? pc.red(line) : line);
    }
  }
}

function showWrite(
  { phase, address, before, after, code, why }: PlannedWrite,
  disassembler: Disassembler,
): void {
  say('');
  say(`   ${pc.bold(why)} (${phase === 'prepare' ? 'before the pause' : 'in the pause'})`);
  if (phase === 'commit' && before !== undefined)
    for (const line of listing(before, address, code, disassembler)) say(pc.red(`   - ${line}`));
  for (const line of listing(after, address, code, disassembler)) say(pc.green(`   + ${line}`));
}

function listing(bytes: Uint8Array, address: number, code: boolean, disassembler: Disassembler): string[] {
  if (!code)
    return [`${hex(address)}  ${JSON.stringify(Buffer.from(bytes).toString('latin1').replace(/\0+$/, ''))}`];
  return disassembler
    .lines(bytes, address)
    .map(
      (line) => `${hex(line.address)}  ${Buffer.from(line.bytes).toString('hex').padEnd(8)}  ${line.text}`,
    );
}

function check(holds: boolean, otherwise: string): void {
  if (!holds) throw new CliError(ExitCode.internal, `the demo went wrong: ${otherwise}`);
}
