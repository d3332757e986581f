/* SPDX-License-Identifier: Apache-2.0
 * The one list of verbs and options: --help, the completion of the shell and zhenctl(1) are made of it. */
#pragma once

#include <glib.h>

/* Who does it: the daemon that runs, a program of the host beside this one, the daemon with an answer that goes on. */
typedef enum CtlHow { CTL_ASK, CTL_BESIDE, CTL_FOLLOW } CtlHow;

/* Words in small letters are typed as they are, "a|b" is one of them, what stands in [] may be left out and "..." comes again. */
typedef struct CtlVerb {
	const char *typed; /* "jobs retry ID" */
	const char *chinese, *english;
	CtlHow how;
} CtlVerb;

extern const CtlVerb ctl_verbs[]; /* ends with {0} */

/* X(long name, member of Arguments, kind of GOptionArg, help, what stands for its value) */
#define CTL_OPTIONS(X)                                                                                                \
	X("data", data, FILENAME, "The daemon's data folder (/var/lib/zhen)", "DIR")                                   \
	X("json", as_json, NONE, "Answer in JSON", NULL)                                                               \
	X("replace", replace, NONE, "restore: move the old data aside", NULL)                                          \
	X("without-damaged", without_damaged, NONE, "restore: leave out uploaded files that are damaged", NULL)        \
	X("check", check, NONE, "restore: look whether it could be done, change nothing", NULL)                        \
	X("pilot", pilot, FILENAME, "check: as zhend --pilot NAME", "NAME")                                            \
	X("demo", demo, NONE, "check: as zhend --demo", NULL)                                                          \
	X("dry-run", dry_run, NONE, "swap: look whether it could be done, change nothing", NULL)                       \
	X("maintenance", maintenance, NONE, "swap: for as long as it takes; who asks meanwhile is answered 503", NULL) \
	X("yes", yes, NONE, "Do what cannot be undone", NULL)                                                          \
	X("from", from, STRING, "Events behind this position", "POSITION")                                             \
	X("page", page, STRING, "Of a long list, the Nth page", "N")                                                   \
	X("topic", topics, STRING_ARRAY, "Events of this topic only; again for more", "TOPIC")                         \
	X("name", name, STRING, "users add: the name of the person", "NAME")                                           \
	X("login", login, STRING, "sessions end: every one of this account", "LOGIN")

typedef struct Arguments {
	char *data;
	gboolean as_json, yes, dry_run, maintenance, replace, without_damaged, check, demo;
	char *from, *page, *pilot, *name, *login;
	char **topics;
	gboolean print_completion, print_man, print_verbs;
} Arguments;

/* usage.c: the verb that the words behind the program's name and the options are; NULL = @error says how they are to be typed. */
const CtlVerb *usage_find(const Arguments *args, char *const *words, GError **error);
/* Of @typed the words that are typed as they stand: "jobs retry", "users list". (transfer full) */
char *usage_words(const char *typed);

/* (transfer full) */
char *describe_verbs(void);      /* of each what is typed, its words and who does it; JSON, for programs */
char *describe_help(void);       /* what stands below the options of --help */
char *describe_completion(void); /* for bash */
char *describe_man(void);        /* zhenctl(1), in man(7) */
