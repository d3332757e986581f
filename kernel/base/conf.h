/* SPDX-License-Identifier: Apache-2.0
 * Configuration: GKeyFile, checked against declared keys. Unknown or duplicate keys and groups are refused with file,
 * line and the nearest valid name; values by type and range. Immutable after load; any thread. */
#pragma once

#include "base/faults.h"

typedef enum ConfType { CONF_TEXT, CONF_INT, CONF_BOOL, CONF_PATH, CONF_LIST, CONF_CHOICE, CONF_SIZE, CONF_MS } ConfType;

typedef struct ConfKey {
	const char *group;   /* "host", or "pilot *" for any group that begins with "pilot " */
	const char *key;     /* "*" = any key of the group (roles) */
	ConfType type;
	const char *def;     /* NULL = must be there */
	gint64 min, max;     /* when max > min */
	const char *choices; /* CONF_CHOICE: "a|b" */
	gboolean live;       /* a reload applies it */
	const char *help;    /* one line */
} ConfKey;

typedef struct Conf Conf;

/* Reads @path and the files its [include] files= names (globs, relative to it). @keys ends with {0}. */
Conf *conf_load(const char *path, const ConfKey *keys, GError **error);
/* The same, all of what is wrong into @faults: what could be read stands in it, with the default in place of a wrong value (NULL
 * where there is none). NULL = nothing could be read. */
Conf *conf_load_all(const char *path, const ConfKey *keys, Faults *faults);
void conf_free(Conf *conf);
const char *conf_text(const Conf *conf, const char *group, const char *key);  /* borrowed; default applied */
gint64 conf_int(const Conf *conf, const char *group, const char *key);        /* CONF_INT, _SIZE (16M), _MS (10s) */
gboolean conf_bool(const Conf *conf, const char *group, const char *key);
char *conf_path(const Conf *conf, const char *group, const char *key);        /* relative to the file that says it */
char **conf_list(const Conf *conf, const char *group, const char *key);       /* (transfer full) separated by ; or , */
char **conf_groups(const Conf *conf, const char *prefix);                     /* (transfer full) names without prefix */
char **conf_keys_of(const Conf *conf, const char *group);                     /* (transfer full) */
/* "conf/zhend.conf:12" of a key that a file sets; "default". (transfer full) */
char *conf_where(const Conf *conf, const char *group, const char *key);
char *conf_where_group(const Conf *conf, const char *group); /* where it is first named; "default" = nowhere. (transfer full) */
/* Sets a value from the command line, before use; conf_check then says whether it may be. */
void conf_override(Conf *conf, const char *group, const char *key, const char *value);
gboolean conf_check(Conf *conf, GError **error);
gboolean conf_check_all(Conf *conf, Faults *faults);
/* Every key with type, default, range and help, for `zhend --help-config`. (transfer full) */
char *conf_describe(const ConfKey *keys);
char *conf_man(const ConfKey *keys); /* the same as part of a page in man(7). (transfer full) */
/* The name of @names (NULL-ended) nearest to @word by edit distance, or NULL when none is near. */
const char *conf_nearest(const char *word, const char *const *names);
/* What may have been meant, for the two halves of a message: "没有 x%s(no x%s)". @nearest NULL: nothing is added. */
typedef struct Meant {
	char *chinese; /* "；是否应为 'y'？", or the blank before the parenthesis */
	char *english; /* "; did you mean 'y'?" */
} Meant;
Meant meant_new(const char *before, const char *nearest, const char *after);
void meant_clear(Meant *meant);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Meant, meant_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Conf, conf_free)
