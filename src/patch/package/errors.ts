/** What can be wrong with a package before anything is done with it. */
export type PackageProblem =
  /** Not a package at all. */
  | 'not-a-package'
  /** Written by another version of suture. */
  | 'unknown-version'
  | 'truncated'
  /** Its bytes are not those that were written. */
  | 'damaged'
  /** The signature does not belong to its contents. */
  | 'bad-signature'
  | 'unsigned'
  /** Signed by nobody who is trusted. */
  | 'untrusted-key'
  | 'too-large'
  /** Its contents are not what a package may hold. */
  | 'malformed';

/** A package that cannot be used; the message names the file, the object, the value, and what would be right. */
export class PackageError extends Error {
  constructor(
    readonly file: string,
    readonly problem: PackageProblem,
    detail: string,
  ) {
    super(`${file}: ${detail}`);
    this.name = 'PackageError';
  }

  /** Whether the package is whole, and only who signed it is wrong. */
  get isAboutTrust(): boolean {
    return ['bad-signature', 'unsigned', 'untrusted-key'].includes(this.problem);
  }
}
