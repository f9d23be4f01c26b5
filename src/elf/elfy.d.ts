declare module 'elfy' {
  export interface Header {
    type: string | undefined;
    entry: number;
    phoff: number;
    phnum: number;
    phentsize: number;
    shoff: number;
    shnum: number;
    shentsize: number;
    shstrndx: number;
    class: string;
  }

  export interface Program {
    type: string | undefined;
    offset: number;
    vaddr: number;
    filesz: number;
    memsz: number;
    flags: Record<string, true>;
    align: number;
  }

  export interface RawSection {
    /** Offset in the section name table. */
    name: number;
    type: string | number;
    flags: Record<string, true>;
    addr: number;
    off: number;
    size: number;
    link: number;
    info: number;
  }

  export class Parser {
    parseHeader(bytes: Buffer): Header;
    parsePrograms(bytes: Buffer, header: Header): Program[];
    parseSections(bytes: Buffer, header: Header): RawSection[];
  }

  const elfy: { Parser: typeof Parser };
  export default elfy;
}
