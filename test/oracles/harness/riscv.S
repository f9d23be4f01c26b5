/*
 * What harness.c needs on RISC-V.
 *
 * The area begins with x0 to x31, then f0 to f31, then fcsr; x8 points to its middle, and no sequence changes x8.
 */

#if __riscv_xlen == 64
#define STORE sd
#define LOAD ld
#define WORD 8
#else
#define STORE sw
#define LOAD lw
#define WORD 4
#endif

#define MIDDLE 2048
#define X(n) (WORD * (n) - MIDDLE)
#define F(n) (32 * WORD + 8 * (n) - MIDDLE)
#define FCSR F(32)

	.option norelax

	.section .sequence, "awx", @progbits
	/* Where sequences jump to in the end; before it what begins them. */
	.globl leave
leave:
	j store_registers
	.balign 256
	.globl code
code:
	.skip 1024

	.section .area, "aw", @nobits
	.globl area
area:
	.skip 8192

	.bss
	.balign 8
own:
	.skip 16 * WORD
	.balign 16
	.skip 16384
stack:

	.text
	.globl _start
_start:
	la sp, stack
	j serve

	.globl system_call
system_call:
	mv a7, a0
	mv a0, a1
	mv a1, a2
	mv a2, a3
	ecall
	ret

	.globl synchronize
synchronize:
	fence.i
	ret

	.globl enter
enter:
	la t0, own
	STORE ra, 0(t0)
	STORE sp, WORD(t0)
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	STORE s\n, (2 + \n) * WORD(t0)
	.endr
	/* Ends any reservation; stores what is there. */
	lw t1, (t0)
	sc.w t2, t1, (t0)
	la x8, area + MIDDLE
	lw t0, FCSR(x8)
	csrw fcsr, t0
	.altmacro
	.macro load_float n
	fld f\n, F(\n)(x8)
	.endm
	.macro store_float n
	fsd f\n, F(\n)(x8)
	.endm
	.macro load_integer n
	LOAD x\n, X(\n)(x8)
	.endm
	.macro store_integer n
	STORE x\n, X(\n)(x8)
	.endm
	.macro all operation, first
	.set i, \first
	.rept 32 - \first
	\operation %i
	.set i, i + 1
	.endr
	.endm
	all load_float, 0
	.irp n, 1, 2, 3, 4, 5, 6, 7
	load_integer \n
	.endr
	all load_integer, 9
	j code

store_registers:
	all store_integer, 1
	all store_float, 0
	csrr t0, fcsr
	sw t0, FCSR(x8)
	la t0, own
	LOAD ra, 0(t0)
	LOAD sp, WORD(t0)
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	LOAD s\n, (2 + \n) * WORD(t0)
	.endr
	ret
