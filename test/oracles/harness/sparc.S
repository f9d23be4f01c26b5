/*
 * What harness.c needs on SPARC, version 8 and version 9 in 32 bits (v8plus).
 *
 * The area begins with globals, outs, locals and ins, then y, condition codes, fsr, and the floating-point
 * registers. g7 points to the middle of the area and no sequence changes it; o6 and i6 stay stack pointers.
 */

#ifdef __sparc_v9__
#define STORE stx
#define LOAD ldx
#define WORD 8
#else
#define STORE st
#define LOAD ld
#define WORD 4
#endif

#define MIDDLE 4096
#define R(n) (WORD * (n) - MIDDLE)
#define Y (32 * WORD - MIDDLE)
#define CODES (Y + 4)
#define FSR (Y + 8)
#define GSR (Y + 16)
#define F(n) (Y + 24 + 4 * (n))

	.section .note.GNU-stack, "", @progbits

	.register %g2, #scratch
	.register %g3, #scratch
	.register %g6, #scratch
	.register %g7, #scratch

	.section .sequence, "awx", @progbits
	/* Where sequences jump to in the end; before it what begins them. */
	.globl leave
leave:
	ba store_registers
	nop
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
own_sp:
	.skip 8
	.skip 16384
stack:
	.skip 128

	.text
	.globl _start
_start:
	set stack, %sp
	mov 0, %fp
	call serve
	sub %sp, 96, %sp

	.globl system_call
system_call:
	mov %o0, %g1
	mov %o1, %o0
	mov %o2, %o1
	mov %o3, %o2
	ta 0x10
	bcs,a 1f
	mov -1, %o0
1:	retl
	nop

	.globl synchronize
synchronize:
1:	flush %o0
	add %o0, 8, %o0
	cmp %o0, %o1
	bl 1b
	nop
	retl
	nop

	.globl enter
enter:
	save %sp, -96, %sp
	.irp r, l0, l1, l2, l3, l4, l5, l6, l7
	clr %\r
	.endr
	set own_sp, %g1
	st %sp, [%g1]
	/* The sequence's first window. The one of this procedure is in memory then. */
	save %sp, -96, %sp
	ta 3
	/* Every other window holds zeros; the outs of the last are the ins of the one of this procedure. */
	.rept 6
	save %sp, -96, %sp
	.irp r, l0, l1, l2, l3, l4, l5, l6, l7, o0, o1, o2, o3, o4, o5, o7
	clr %\r
	.endr
	.endr
	clr %sp
	.rept 6
	restore
	.endr
	/* Takes over what qemu still has to say of earlier operations. */
	fcmps %f0, %f0
	set area + MIDDLE, %g7
	ld [%g7 + Y], %g1
	wr %g1, %y
#ifdef __sparc_v9__
	ld [%g7 + CODES], %g1
	wr %g1, 0, %ccr
	ldx [%g7 + FSR], %fsr
	ldx [%g7 + GSR], %g1
	wr %g1, 0, %gsr
	wr %g0, 0x80, %asi
#else
	ld [%g7 + FSR + 4], %fsr
#endif
	.altmacro
	.macro load_float n
	ldd [%g7 + F(\n)], %f\n
	.endm
	.macro store_float n
	std %f\n, [%g7 + F(\n)]
	.endm
	.macro load_integer n
	LOAD [%g7 + R(\n)], %r\n
	.endm
	.macro store_integer n
	STORE %r\n, [%g7 + R(\n)]
	.endm
	.macro all operation, first, end, step
	.set i, \first
	.rept (\end - \first) / \step
	\operation %i
	.set i, i + \step
	.endr
	.endm
#ifdef __sparc_v9__
	all load_float, 0, 64, 2
#else
	all load_float, 0, 32, 2
#endif
	all load_integer, 1, 7, 1
	all load_integer, 8, 32, 1
#ifndef __sparc_v9__
	/* The condition codes: zero. */
	cmp %g0, %g0
#endif
	ba code
	nop

store_registers:
	all store_integer, 0, 32, 1
#ifdef __sparc_v9__
	rd %ccr, %g1
	st %g1, [%g7 + CODES]
	stx %fsr, [%g7 + FSR]
	rd %gsr, %g1
	stx %g1, [%g7 + GSR]
	all store_float, 0, 64, 2
#else
	/* Only branches tell the condition codes, and they come before anything that could change them. */
	mov 0, %g1
	bneg,a 1f
	or %g1, 8, %g1
1:	be,a 1f
	or %g1, 4, %g1
1:	bvs,a 1f
	or %g1, 2, %g1
1:	bcs,a 1f
	or %g1, 1, %g1
1:	st %g1, [%g7 + CODES]
	st %fsr, [%g7 + FSR + 4]
	all store_float, 0, 32, 2
#endif
	rd %y, %g1
	st %g1, [%g7 + Y]
	/* Sequences leave windows behind; the one of enter is filled from its stack. */
	ta 3
	set own_sp, %g1
	ld [%g1], %fp
	restore
	ret
	restore
