declare module '@alexaltea/keystone-js' {
  export interface Assembled {
    failed: boolean;
    /** Statements that were assembled. */
    count: number;
    mc: Uint8Array;
  }

  export interface Engine {
    asm(text: string, address: number): Assembled;
    errno(): number;
    close(): void;
  }

  export interface Keystone {
    ARCH_SPARC: number;
    MODE_SPARC32: number;
    MODE_BIG_ENDIAN: number;
    Keystone: new (arch: number, mode: number) => Engine;
    strerror?(code: number): string;
  }

  export default function MKeystone(): Promise<Keystone>;
}
