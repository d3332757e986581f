/* SPDX-License-Identifier: Apache-2.0 */
#include "base/crash_inside.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define STACK_BYTES (64 * 1024)
#define TEXT_MOST 200 /* bytes of one line's text */

CrashThread crash_threads[CRASH_THREADS];

/* Reached from signal handlers: no lookup that could take a lock. */
static __thread CrashThread *own __attribute__((tls_model("initial-exec")));
static __thread CrashThread beyond __attribute__((tls_model("initial-exec"))); /* no place was free */
static pthread_key_t key;
static pthread_once_t key_made = PTHREAD_ONCE_INIT;

static const struct {
	int number;
	const char *name;
} signals[] = { { SIGSEGV, "SIGSEGV" }, { SIGBUS, "SIGBUS" },   { SIGABRT, "SIGABRT" }, { SIGFPE, "SIGFPE" },
	        { SIGILL, "SIGILL" },   { SIGTRAP, "SIGTRAP" }, { SIGSYS, "SIGSYS" } };
static struct sigaction before[G_N_ELEMENTS(signals)];
static pid_t owner;    /* a child that has not exec'd is not ours to speak of */
static pid_t reporter; /* the thread that writes the report; atomic */
static CrashOut report;

static pid_t thread_id(void)
{
	return (pid_t)syscall(SYS_gettid);
}

/* ---- writing, in a signal handler ---- */

static void put_char(CrashOut *out, char c)
{
	if (out->length < sizeof out->text - 1)
		out->text[out->length++] = c;
}

void crash_put(CrashOut *out, const char *name, const char *text)
{
	if (text == NULL || text[0] == '\0')
		return;
	while (*name != '\0')
		put_char(out, *name++);
	put_char(out, ' ');
	for (guint i = 0; i < TEXT_MOST && text[i] != '\0'; i++)
		put_char(out, (guchar)text[i] < 0x20 || text[i] == 0x7f ? '?' : text[i]);
	put_char(out, '\n');
}

void crash_number(guint64 value, guint base, char out[24])
{
	char digits[24];
	guint count = 0, length = 0;

	do {
		digits[count++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value > 0);
	while (count > 0)
		out[length++] = digits[--count];
	out[length] = '\0';
}

void crash_put_int(CrashOut *out, const char *name, gint64 value)
{
	char text[26] = "-";

	crash_number(value < 0 ? -(guint64)value : (guint64)value, 10, text + 1);
	crash_put(out, name, value < 0 ? text : text + 1);
}

/* ---- the record of a thread ---- */

static void thread_leave(void *data)
{
	CrashThread *thread = data;
	const stack_t none = { .ss_flags = SS_DISABLE };

	own = NULL;
	if (thread->stack != NULL) {
		sigaltstack(&none, NULL);
		munmap(thread->stack, STACK_BYTES);
		thread->stack = NULL;
	}
	__atomic_store_n(&thread->tid, 0, __ATOMIC_RELEASE);
}

static void make_key(void)
{
	pthread_key_create(&key, thread_leave);
}

static CrashThread *free_place(pid_t tid)
{
	for (guint i = 0; i < CRASH_THREADS; i++) {
		pid_t none = 0;

		if (__atomic_load_n(&crash_threads[i].tid, __ATOMIC_RELAXED) == 0 &&
		    __atomic_compare_exchange_n(&crash_threads[i].tid, &none, tid, FALSE, __ATOMIC_ACQ_REL,
		                                __ATOMIC_RELAXED))
			return &crash_threads[i];
	}
	beyond.tid = tid;
	return &beyond;
}

/* A stack that has run over has no room for its own report. One that is there, a sanitizer's, is left alone. */
static void *give_stack(void)
{
	stack_t stack = { .ss_size = STACK_BYTES }, there;

	if (sigaltstack(NULL, &there) != 0 || (there.ss_flags & SS_DISABLE) == 0)
		return NULL;
	stack.ss_sp = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (stack.ss_sp == MAP_FAILED)
		return NULL;
	if (sigaltstack(&stack, NULL) == 0)
		return stack.ss_sp;
	munmap(stack.ss_sp, STACK_BYTES);
	return NULL;
}

static CrashThread *thread_enter(void)
{
	pthread_once(&key_made, make_key);
	own = free_place(thread_id());
	/* The one before may have gone in the midst of its work; the watch looks at both. */
	__atomic_store_n(&own->turn, (own->turn + 1) & ~1u, __ATOMIC_RELAXED);
	__atomic_store_n(&own->overdue, 0, __ATOMIC_RELAXED);
	own->stack = give_stack();
	pthread_setspecific(key, own);
	return own;
}

CrashThread *crash_begin(CrashDescribe *describe, const void *work, gboolean patient)
{
	CrashThread *thread = own != NULL ? own : thread_enter();

	thread->describe = describe;
	thread->work = work;
	__atomic_store_n(&thread->patient, patient, __ATOMIC_RELAXED);
	__atomic_store_n(&thread->turn, thread->turn + 1, __ATOMIC_RELEASE);
	return thread;
}

void crash_end(CrashThread *thread)
{
	__atomic_store_n(&thread->turn, thread->turn + 1, __ATOMIC_RELEASE);
}

static gboolean at_work(const CrashThread *thread)
{
	return thread != NULL && (__atomic_load_n(&thread->turn, __ATOMIC_RELAXED) & 1) != 0;
}

/* ---- the report ---- */

gboolean crash_claim(void)
{
	pid_t none = 0;

	return __atomic_compare_exchange_n(&reporter, &none, thread_id(), FALSE, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

void crash_tell(CrashThread *thread, const char *what, gint64 address)
{
	struct timespec now = { 0 };
	char text[26] = "0x";

	clock_gettime(CLOCK_REALTIME, &now);
	memcpy(report.text, CRASH_HEAD, sizeof CRASH_HEAD);
	report.length = sizeof CRASH_HEAD - 1;
	crash_put(&report, "what", what);
	crash_put_int(&report, "at", (gint64)now.tv_sec * 1000 + now.tv_nsec / 1000000);
	if (address >= 0) {
		crash_number((guint64)address, 16, text + 2);
		crash_put(&report, "address", text);
	}
	/* Last: what it reads may be what is broken, and then the handler is here again. */
	if (at_work(thread))
		thread->describe(&report, thread->work);
	crash_deliver(&report);
}

/* Who was there before us, else the system; no way back. */
static void G_GNUC_NORETURN pass_on(guint which, siginfo_t *info, void *context)
{
	const struct sigaction *next = &before[which];
	const int number = signals[which].number;
	sigset_t it;

	if ((next->sa_flags & SA_SIGINFO) != 0 && next->sa_sigaction != NULL)
		next->sa_sigaction(number, info, context);
	else if ((next->sa_flags & SA_SIGINFO) == 0 && next->sa_handler != SIG_DFL && next->sa_handler != SIG_IGN)
		next->sa_handler(number);
	signal(number, SIG_DFL);
	sigemptyset(&it);
	sigaddset(&it, number);
	syscall(SYS_tgkill, getpid(), thread_id(), number);
	pthread_sigmask(SIG_UNBLOCK, &it, NULL);
	_exit(128 + number);
}

/* TRUE: the watch had run out of patience with work that has come back since. */
static gboolean is_late(CrashThread *thread, int number, const char **out_what)
{
	const guint32 due =
		number == SIGABRT && thread != NULL ? __atomic_exchange_n(&thread->overdue, 0, __ATOMIC_ACQ_REL) : 0;

	if (due == 0)
		return FALSE;
	if (due != __atomic_load_n(&thread->turn, __ATOMIC_RELAXED))
		return TRUE;
	*out_what = "overdue";
	return FALSE;
}

static void on_signal(int number, siginfo_t *info, void *context)
{
	const int saved = errno;
	const char *what = "a signal";
	guint which = 0;
	gint64 address;

	while (which < G_N_ELEMENTS(signals) - 1 && signals[which].number != number)
		which++;
	what = signals[which].name;
	if (is_late(own, number, &what)) {
		errno = saved;
		return;
	}
	if (getpid() != owner)
		pass_on(which, info, context);
	address = info->si_code > 0 && number != SIGABRT ? (gint64)(guintptr)info->si_addr : -1;
	if (crash_claim()) {
		crash_tell(own, what, address);
	} else if (__atomic_load_n(&reporter, __ATOMIC_ACQUIRE) == thread_id()) {
		crash_put(&report, "damaged", "what it was at could not be read to its end");
		crash_deliver(&report);
	} else {
		for (;;)
			pause(); /* the other thread ends us all */
	}
	pass_on(which, info, context);
}

/* What a sanitizer finds ends the process without a signal. There in builds with one. */
extern void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static void on_finding(void)
{
	if (at_work(own) && getpid() == owner && crash_claim())
		crash_tell(own, "sanitizer", -1);
}

/* exit() in the midst of some work would run what others need while they still run. */
static void on_exit_at_work(void)
{
	if (!at_work(own) || getpid() != owner)
		return;
	if (crash_claim())
		crash_tell(own, "exit()", -1);
	_exit(CRASH_EXIT);
}

void crash_install(void)
{
	struct sigaction ours = { .sa_sigaction = on_signal,
		                  .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER | SA_RESTART };

	owner = getpid();
	sigemptyset(&ours.sa_mask);
	for (guint i = 0; i < G_N_ELEMENTS(signals); i++)
		sigaction(signals[i].number, &ours, &before[i]);
	atexit(on_exit_at_work);
	if (__sanitizer_set_death_callback != NULL)
		__sanitizer_set_death_callback(on_finding);
	thread_enter();
}
