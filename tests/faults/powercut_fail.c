/* SPDX-License-Identifier: Apache-2.0
 * Faults on demand. Rules are separated by ';', each KIND[:KEY=VALUE,...]:
 *
 *   full     what needs room gets ENOSPC: writes past the end of a file, new files and folders. Overwriting goes on.
 *   enospc   every write gets ENOSPC
 *   eio      every write gets EIO
 *   eiosync  every fsync and fdatasync gets EIO
 *
 *   killwrite, killsync, killsynced   SIGKILL to the process that is about to write, about to sync, or has just synced;
 *                                     one process for each change of the rules
 *
 *   path=GLOB of the path below the watched folder ('*' crosses slashes); after=N lets N calls pass; count=M hands out M */
#include <errno.h>
#include <fnmatch.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "powercut.h"

#define RULES 8
#define KILL (-1) /* in place of an errno */

typedef struct Rule {
	char kind[12];
	char path[200];
	long after, count;
} Rule;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Rule rules[RULES];
static int n_rules;
static uint64_t version_seen;

static void parse_key(Rule *rule, const char *key)
{
	if (strncmp(key, "path=", 5) == 0)
		strncpy(rule->path, key + 5, sizeof rule->path - 1);
	else if (strncmp(key, "after=", 6) == 0)
		rule->after = atol(key + 6);
	else if (strncmp(key, "count=", 6) == 0)
		rule->count = atol(key + 6);
}

static void parse_rule(char *text)
{
	Rule *rule = &rules[n_rules];
	char *keys = strchr(text, ':'), *rest = NULL;

	memset(rule, 0, sizeof *rule);
	strcpy(rule->path, "*");
	rule->count = -1;
	if (keys != NULL)
		*keys++ = '\0';
	strncpy(rule->kind, text, sizeof rule->kind - 1);
	for (char *key = keys == NULL ? NULL : strtok_r(keys, ",", &rest); key != NULL; key = strtok_r(NULL, ",", &rest))
		parse_key(rule, key);
	n_rules++;
}

static void refresh(void)
{
	uint64_t version = pc_shared->version;
	char text[PC_RULE_MAX], *rest = NULL;

	if (version == version_seen || (version & 1) != 0)
		return;
	memcpy(text, pc_shared->rules, sizeof text);
	text[sizeof text - 1] = '\0';
	if (pc_shared->version != version)
		return;
	version_seen = version;
	n_rules = 0;
	for (char *one = strtok_r(text, ";", &rest); one != NULL && n_rules < RULES; one = strtok_r(NULL, ";", &rest))
		parse_rule(one);
}

static int errno_of(const Rule *rule, PcCall call)
{
	bool writes = call == PC_CALL_WRITE || call == PC_CALL_EXTEND;

	if (strcmp(rule->kind, "full") == 0)
		return call == PC_CALL_EXTEND || call == PC_CALL_MAKE ? ENOSPC : 0;
	if (strcmp(rule->kind, "enospc") == 0)
		return writes ? ENOSPC : 0;
	if (strcmp(rule->kind, "eio") == 0)
		return writes ? EIO : 0;
	if (strcmp(rule->kind, "eiosync") == 0)
		return call == PC_CALL_SYNC ? EIO : 0;
	if (strcmp(rule->kind, "killwrite") == 0)
		return writes ? KILL : 0;
	if (strcmp(rule->kind, "killsync") == 0)
		return call == PC_CALL_SYNC ? KILL : 0;
	if (strcmp(rule->kind, "killsynced") == 0)
		return call == PC_CALL_SYNCED ? KILL : 0;
	return 0;
}

/* A worker that is started in the place of a killed one reads the same rules and is to live. */
static void end_once(void)
{
	if (pc_shared->hits++ > 0)
		return;
	kill(getpid(), SIGKILL);
	for (;;)
		pause();
}

static int apply(Rule *rule, PcCall call, const char *path)
{
	int number = errno_of(rule, call);

	if (number == 0 || fnmatch(rule->path, path, 0) != 0)
		return 0;
	pc_shared->matched++;
	if (rule->after > 0) {
		rule->after--;
		return 0;
	}
	if (rule->count == 0)
		return 0;
	if (rule->count > 0)
		rule->count--;
	if (number == KILL) {
		end_once();
		return 0;
	}
	pc_shared->hits++;
	return number;
}

int pc_fault(PcCall call, const char *path)
{
	int number = 0;

	if (pc_shared == NULL || pc_shared->version == 0)
		return 0;
	pthread_mutex_lock(&lock);
	refresh();
	for (int i = 0; i < n_rules && number == 0; i++)
		number = apply(&rules[i], call, path);
	pthread_mutex_unlock(&lock);
	if (number != 0)
		pc_record(PC_INJECTED, (int)call, 0, number, path, strlen(path), NULL, 0);
	return number;
}
