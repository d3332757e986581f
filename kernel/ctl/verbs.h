/* SPDX-License-Identifier: Apache-2.0
 * The one list of verbs and options: --help, the completion of the shell and zhenctl(1) are made of it. */
#pragma once

#include <glib.h>

typedef struct CtlVerb {
	const char *typed;            /* "jobs retry ID": words in small letters are typed as they are */
	const char *chinese, *english;
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
	X("yes", yes, NONE, "Do what cannot be undone", NULL)                                                          \
	X("from", from, STRING, "Events behind this position", "POSITION")                                             \
	X("page", page, STRING, "Of a long list, the Nth page", "N")                                                   \
	X("topic", topics, STRING_ARRAY, "Events of this topic only; again for more", "TOPIC")                         \
	X("name", name, STRING, "users add: the name of the person", "NAME")                                           \
	X("login", login, STRING, "sessions end: every one of this account", "LOGIN")

typedef struct Arguments {
	char *data;
	gboolean as_json, yes, replace, without_damaged, check, demo;
	char *from, *page, *pilot, *name, *login;
	char **topics;
	gboolean print_completion, print_man;
} Arguments;

/* (transfer full) */
char *describe_help(void);       /* what stands below the options of --help */
char *describe_completion(void); /* for bash */
char *describe_man(void);        /* zhenctl(1), in man(7) */
