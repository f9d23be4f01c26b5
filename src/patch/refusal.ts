/** Why suture will not make or apply a patch. Everything here leaves the process as it was. */
export type RefusalReason =
  | 'no-sections'
  | 'no-symbols'
  | 'no-relocations'
  | 'not-linked'
  | 'different-isa'
  | 'not-the-same-program'
  | 'no-change'
  | 'data-changed'
  | 'data-size-changed'
  | 'caller-left-out'
  | 'unknown-symbol'
  | 'body-not-understood'
  | 'too-short-for-trampoline'
  | 'ambiguous-reference'
  | 'ambiguous-symbol'
  | 'unknown-reference'
  | 'out-of-reach'
  | 'redirection-impossible'
  | 'unexpected-bytes'
  | 'no-room'
  | 'never-returns'
  | 'deadline'
  | 'busy'
  | 'hook-refused'
  | 'hook-failed'
  | 'hook-too-long'
  | 'update-in-progress'
  | 'out-of-order'
  | 'cannot-take-back'
  | 'not-cross-version'
  | 'handler-cannot'
  | 'process-ended'
  | 'write-failed'
  | 'not-applied';

export interface Finding {
  reason: RefusalReason;
  /** One sentence that names the object, the value, and what can be done. */
  message: string;
}

/** Thrown by the one place that decides, after all findings were collected. */
export class Refusal extends Error {
  readonly findings: readonly Finding[];

  constructor(reason: RefusalReason, message: string);
  constructor(findings: readonly Finding[]);
  constructor(first: RefusalReason | readonly Finding[], message = '') {
    const findings = typeof first === 'string' ? [{ reason: first, message }] : first;
    super(findings.map((finding) => finding.message).join('\n'));
    this.name = 'Refusal';
    this.findings = findings;
  }

  /** The reason of the first finding. */
  get reason(): RefusalReason {
    return this.findings[0]!.reason;
  }
}
