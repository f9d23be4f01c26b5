/*
 * Executes sequences of instructions for the tests: reads records from standard input, each an area of memory and
 * the code to execute, and answers each with the area as it is afterwards. Registers are loaded from the begin of
 * the area before, and stored there afterwards, see enter in riscv.S and sparc.S.
 *
 * Without a library, because no library is there for every instruction set.
 */

#define AREA_SIZE 8192
#define CODE_SIZE 1024

/* At fixed addresses, see layout in sequences.ts. */
extern unsigned char area[AREA_SIZE];
extern unsigned char code[CODE_SIZE];

/* Executes `code` until it jumps to its exit. */
void enter(void);
long system_call(long number, long a, void *b, long c);
void synchronize(void *start, void *end);

#if defined(__riscv)
enum { READ = 63, WRITE = 64, EXIT = 93 };
#else
enum { READ = 3, WRITE = 4, EXIT = 1 };
#endif

static unsigned char record[AREA_SIZE + CODE_SIZE];

static void copy(unsigned char *to, const unsigned char *from, long count)
{
	for (long i = 0; i < count; i++)
		to[i] = from[i];
}

/* Whether all of it came. */
static int receive(unsigned char *to, long count)
{
	for (long done = 0; done < count;) {
		long got = system_call(READ, 0, to + done, count - done);
		if (got <= 0)
			return 0;
		done += got;
	}
	return 1;
}

static void send(unsigned char *from, long count)
{
	for (long done = 0; done < count;) {
		long put = system_call(WRITE, 1, from + done, count - done);
		if (put <= 0)
			system_call(EXIT, 1, 0, 0);
		done += put;
	}
}

void serve(void)
{
	while (receive(record, sizeof record)) {
		copy(area, record, AREA_SIZE);
		copy(code, record + AREA_SIZE, CODE_SIZE);
		synchronize(code, code + CODE_SIZE);
		enter();
		send(area, AREA_SIZE);
	}
	system_call(EXIT, 0, 0, 0);
}
