/* SPDX-License-Identifier: Apache-2.0
 * The host's own configuration keys, and those of the plugins it is going to load. */
#pragma once

#include "base/conf.h"
#include "base/divisions.h"
#include "loader/loader.h"

/* [host], [limits], [store], [bus]; ends with {0}. */
extern const ConfKey host_conf_keys[];
/* What the host reads in a plugin's own group, which they do not name; ends with {0}. */
extern const ConfKey host_plugin_keys[];
/* Every key but those of plugins; ends with {0}. (transfer full) of ConfKey */
GArray *host_conf_own_keys(void);

/* What the command line says over the file; NULL or 0 = nothing. */
typedef struct Overrides {
	const char *pilot, *data;
	const char *port;
	gboolean demo;
} Overrides;

/* Only [host] and [pilot *], everything else unlooked at: enough to know which plugins there are. */
Conf *host_conf_first(const char *path, const Overrides *over, Faults *faults);
/* Everything, with the settings tables of @plugins (of const Plugin *): unknown keys are refused. What is wrong has its default;
 * NULL = there is nothing to be read. */
Conf *host_conf_load_all(const char *path, const Overrides *over, const GPtrArray *plugins, Faults *faults);
Conf *host_conf_load(const char *path, const Overrides *over, const GPtrArray *plugins, GError **error);
/* Divisions in [plugin @code] that do not exist. */
void host_conf_check_divisions(const Conf *conf, const GPtrArray *plugins, const Divisions *divisions, Faults *faults);
/* Where [host] @key says; else, from the folder above this program's, @built where that is there, or @installed. (transfer full) */
char *host_conf_place(const Conf *conf, const char *key, const char *built, const char *installed);
/* Whether @plugin is to run in a process of its own. */
gboolean host_conf_wants_worker(const Conf *conf, const char *plugin);
/* Every key, for --help-config. (transfer full) */
char *host_conf_describe(void);
char *host_conf_man(const char *path); /* zhend.conf(5) of that file. (transfer full) */
StoreOptions host_store_options(const Conf *conf, const char *dir, const char *name);
