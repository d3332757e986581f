/* SPDX-License-Identifier: Apache-2.0
 * The host put together: one struct, filled in order at start and emptied backwards at stop. */
#pragma once

#include "access/access.h"
#include "base/json.h"
#include "access/pilots.h"
#include "bus/bus.h"
#include "daemon/verdict.h"
#include "http/http.h"
#include "loader/gate.h"
#include "loader/loader.h"

/* A plugin that runs. One that is left out has none: the verdict names it. */
typedef struct Slot {
	LoadedPlugin *loaded;
	Gate *gate;       /* NULL = it was left out at its start */
	Home *home;       /* the face of that; else its own */
	Runtime *runtime; /* in-process; owned by the home; NULL also while it is changed */
	gboolean in_worker;
	char *fault;      /* why it was left out at its start: its home answers that, and nothing else */
	Settings *settings; /* as it has them */
} Slot;

typedef struct Daemon {
	const char *conf_path;
	const Overrides *over;
	Verdict *verdict; /* as it was at start, and whom it has left out since */
	Conf *conf;
	Conf *started_conf; /* as it was at start, once a reload has put another in its place; else NULL */
	GPtrArray *pending; /* of char *: what is configured but waits for a restart; NULL = nothing */
	char *data;
	int lock_fd;
	char *base_url;
	char *backup_dir; /* where backups go that name no folder; "" = nowhere */
	gboolean demo;
	Keys *keys;
	Sm2 *sm2; /* NULL = none */
	Divisions *divisions;
	Bodies *bodies;
	Pilots *pilots;
	StoreHost *stores;
	Store *store; /* the host's own: accounts, sessions */
	Access *access;
	char *anchors;
	RuntimeEnv env;
	Pool *pool;
	Loop *loop;
	GPtrArray *plugins; /* of LoadedPlugin*, needs first; some may have been left out since */
	GPtrArray *slots;   /* of Slot*, in that order */
	Http *http;
	Bus *bus; /* atomic: NULL until it runs */
	struct Events *events; /* atomic, like bus */
	struct DemoClock *demo_clock; /* NULL = no demo */
	struct Admin *admin;
	struct AdminRoutes *admin_routes;
	struct Audit *audit; /* of what administrators do */
	struct Crashes *crashes;
	gboolean switching;   /* a plugin's version is being changed: nothing is reloaded */
	GPtrArray *retired;   /* of LoadedPlugin: earlier versions, whose tables are still pointed to */
	GPtrArray *files;     /* of PluginFile: theirs */
	LoopTimer *drain_timer, *stop_timer;
	gint64 started_ms;
	gboolean stopping;
} Daemon;

/* Runs until told to stop. FALSE: it did not start, or not cleanly. */
gboolean daemon_run(const char *conf_path, const Overrides *over, gboolean check_only, GError **error);

/* plugins.c */
gboolean plugins_load(Daemon *daemon, GError **error); /* the code of those that the verdict lets start */
gboolean plugins_start(Daemon *daemon, GError **error);
/* What zhen-worker needs to run a version of a plugin in @dir. @options points into @held, until worker_held_clear. */
typedef struct WorkerHeld {
	WorkerOptions options;
	char *program, *json;
} WorkerHeld;
void worker_held_init(WorkerHeld *held, const Daemon *daemon, const Conf *conf, const char *path, const char *id,
                      const Settings *settings, const char *dir);
void worker_held_clear(WorkerHeld *held);
LoadedPlugin *plugins_load_file(const PluginFile *file, GError **error); /* a crash of its constructors names it */
Runtime *plugins_runtime(Daemon *daemon, const Plugin *plugin, Settings *settings, GError **error); /* (transfer full) settings */
Switches *plugins_switches(const Pilots *pilots, const Plugin *plugin); /* (transfer full) */
void plugins_stop(Daemon *daemon);
const Slot *plugins_slot(const Daemon *daemon, const char *id); /* NULL = it was not even to start */
void slot_free(gpointer slot);

/* delivery.c: the event bus */
void delivery_settings(Daemon *daemon); /* into env */
gboolean delivery_start(Daemon *daemon, GError **error);
void delivery_stop(Daemon *daemon); /* nothing new; what is under way ends */
guint delivery_under_way(const Daemon *daemon);
void delivery_free(Daemon *daemon); /* after the homes */

/* routes.c: /kernel/health, /kernel/metrics, /kernel/clock */
void routes_add(Daemon *daemon);
void health_put_plugins(const Daemon *daemon, const char *only /* NULL = all */, JsonOut *out); /* member "plugins" */
/* @whole: with reasons, versions and figures, which are for who keeps the host; else states alone. (transfer full) */
char *health_json(Daemon *daemon, gboolean whole, gboolean *out_ready);
const char *health_state(const Daemon *daemon, const Slot *slot); /* "up", "catching-up", "swapping", "restarting", "left-out" */

/* reload.c: what could be applied and what could not, a line each. (transfer full) NULL = @error, nothing changed */
char *daemon_reload(Daemon *daemon, GError **error);

/* admin.c: the local socket behind zhenctl */
struct Admin *admin_new(Daemon *daemon, GError **error);
void admin_free(struct Admin *admin);
gboolean admin_ending(struct Admin *admin); /* the loop has ended: nothing that is posted to it runs; NULL = no */
