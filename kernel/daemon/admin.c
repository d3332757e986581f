/* SPDX-License-Identifier: Apache-2.0
 * The local socket behind zhenctl: one line of JSON in, one out. Only the daemon's own user and root are heard. It has a
 * thread of its own, so that a verb may take its time; what touches the daemon's state runs on the loop. */
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "base/json.h"
#include "base/log.h"
#include "daemon/backup.h"
#include "daemon/crashes.h"
#include "daemon/events.h"
#include "daemon/purge.h"
#include "daemon/signing.h"

#define REQUEST_MAX 16384
#define REQUEST_MS 5000

typedef struct Admin {
	Daemon *daemon;
	GThread *thread;
	char *path;
	int listener, wake;
	TailThreads *tails;
	gint ending; /* atomic: the loop has ended, nothing posted to it will run */
	GThread *apart; /* of the last verb that takes long; NULL = none yet */
	gint apart_busy; /* atomic: it runs */
} Admin;

/* A verb answers with JSON and a text for people. */
typedef struct Verb {
	const char *name;
	gboolean on_loop;
	gboolean apart; /* takes long: on a thread of its own, one at a time */
	gboolean (*run)(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error);
} Verb;

static gboolean verb_health(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	gboolean ready;
	g_autofree char *json = health_json(daemon, &ready);

	(void)args;
	json_put_raw(data, "health", json, strlen(json));
	g_string_append(text, ready ? "ready\n" : daemon->stopping ? "stopping\n" : "not ready\n");
	for (guint i = 0; daemon->pending != NULL && i < daemon->pending->len; i++)
		g_string_append_printf(text, "waits for a restart: %s\n", (const char *)daemon->pending->pdata[i]);
	for (guint i = 0; i < daemon->slots->len; i++) {
		Slot *slot = daemon->slots->pdata[i];

		if (slot->fault != NULL)
			g_string_append_printf(text, "%-14s 未启动 (left out): %s\n", slot->loaded->plugin->id,
			                       slot->fault);
		else
			g_string_append_printf(text, "%-14s %-8s %s %s\n", slot->loaded->plugin->id,
			                       slot->loaded->plugin->version,
			                       slot->runtime != NULL ? "in-process" : "worker", health_state(daemon, slot));
	}
	for (guint i = 0; i < daemon->verdict->plugins->len; i++) {
		const VerdictPlugin *entry = daemon->verdict->plugins->pdata[i];

		if (entry->out && plugins_slot(daemon, entry->id) == NULL)
			g_string_append_printf(text, "%-14s 未启动 (left out): %s\n", entry->id,
			                       verdict_reason(daemon->verdict, entry->id));
	}
	if (daemon->verdict->allow_unsigned)
		g_string_append(text, "允许未签名的模块 (unsigned plugins are allowed)\n");
	crashes_say_last(daemon->crashes, text);
	return events_none_stuck(daemon, text, error) &&
	       (ready || throw_error(error, ERROR_BUSY, "zhend 正在停止 (zhend is stopping)"));
}

static gboolean verb_reload(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	g_autofree char *said = daemon_reload(daemon, error);

	(void)args;
	if (said == NULL)
		return FALSE;
	g_string_append(text, said);
	json_put_text(data, "said", said);
	return TRUE;
}

static gboolean verify_one(Daemon *daemon, const Plugin *plugin, GString *text, JsonOut *data, GError **error)
{
	g_autofree char *dir = g_build_filename(daemon->data, "plugins", plugin->id, NULL);
	g_autofree char *restores = restore_notes(daemon->anchors, plugin->id);
	AuditVerdict verdict;

	if (!audit_verify(&daemon->env, plugin->id, dir, &verdict, error))
		return FALSE;
	json_open(data, NULL, FALSE);
	json_put_text(data, "plugin", plugin->id);
	json_put_int(data, "rows", (gint64)verdict.rows);
	json_put_int(data, "vouched_to", verdict.vouched_to);
	json_put_int(data, "first_bad", verdict.first_bad);
	json_put_text(data, "fault", verdict.fault);
	json_put_text(data, "restores", restores);
	json_close_one(data);
	if (verdict.fault != NULL) {
		g_string_append_printf(text, "%s: %s\n", plugin->id, verdict.fault);
		throw_error(error, ERROR_INVALID, "%s: %s", plugin->id, verdict.fault);
	} else {
		g_string_append_printf(text,
		                       "%s: %" G_GUINT64_FORMAT " rows fit; vouched for up to row %" G_GINT64_FORMAT
		                       "; %" G_GINT64_FORMAT " newer not vouched for\n",
		                       plugin->id, verdict.rows, verdict.vouched_to,
		                       (gint64)verdict.rows - verdict.vouched_to);
	}
	g_string_append(text, restores);
	g_free(verdict.fault);
	return *error == NULL;
}

static gboolean verb_audit(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	const char *sub = json_string_value(json_array_get(args, 0));
	const char *only = json_string_value(json_array_get(args, 1));
	gboolean fine = TRUE, found = FALSE;

	if (g_strcmp0(sub, "verify") != 0)
		return throw_error(error, ERROR_INVALID, "usage: zhenctl audit verify [PLUGIN]");
	json_open(data, "audit", TRUE);
	for (guint i = 0; i < daemon->plugins->len; i++) {
		const Plugin *plugin = ((LoadedPlugin *)daemon->plugins->pdata[i])->plugin;
		g_autoptr(GError) local = NULL;

		if (only != NULL && strcmp(only, plugin->id) != 0)
			continue;
		found = TRUE;
		/* All are looked at; the first that is not in order is the error. */
		if (!verify_one(daemon, plugin, text, data, &local) && fine) {
			g_propagate_error(error, g_steal_pointer(&local));
			fine = FALSE;
		}
	}
	json_close_one(data);
	return fine && (found || throw_error(error, ERROR_NOT_FOUND, "no plugin %s", only));
}

static gboolean verb_backup(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	const char *dir = json_string_value(json_array_get(args, 0));

	if (dir == NULL || !g_path_is_absolute(dir) || json_array_size(args) != 1)
		return throw_error(error, ERROR_INVALID, "usage: zhenctl backup DIR");
	return backup_make(daemon, dir, text, data, error);
}

static gboolean verb_backups(Daemon *daemon, json_t *args, GString *text, JsonOut *data, GError **error)
{
	const char *what = json_string_value(json_array_get(args, 0)),
		   *path = json_string_value(json_array_get(args, 1));

	if (g_strcmp0(what, "forget") == 0 && path != NULL && json_array_size(args) == 2)
		return backups_forget(daemon, path, text, error);
	if (json_array_size(args) > 0)
		return throw_error(error, ERROR_INVALID, "usage: zhenctl backups [forget PATH]");
	return backups_list(daemon, text, data, error);
}

static const Verb verbs[] = {
	{ "health", TRUE, FALSE, verb_health },
	{ "reload", TRUE, FALSE, verb_reload },
	{ "audit", FALSE, FALSE, verb_audit },
	{ "backup", FALSE, TRUE, verb_backup },
	{ "crashes", TRUE, FALSE, verb_crashes },
	{ "events", FALSE, FALSE, verb_events },
	{ "jobs", FALSE, FALSE, verb_jobs },
	{ "settings", TRUE, FALSE, verb_settings },
	{ "backups", FALSE, FALSE, verb_backups },
	{ "purge", FALSE, FALSE, verb_purge },
	{ "key", FALSE, FALSE, verb_key },
};

/* ---- running a verb ---- */

typedef struct Run {
	Admin *admin;
	LoopItem item;
	const Verb *verb;
	Daemon *daemon;
	json_t *args;
	GString *text;
	JsonOut *data;
	GError *error;
	GMutex lock;
	GCond ended;
	gboolean over;
} Run;

static void run_on_loop(void *data)
{
	Run *run = data;

	run->verb->run(run->daemon, run->args, run->text, run->data, &run->error);
	g_mutex_lock(&run->lock);
	run->over = TRUE;
	g_cond_signal(&run->ended);
	g_mutex_unlock(&run->lock);
}

/* Waits for the loop; when that has ended before it came to this, for nothing. */
static void run_verb(Run *run)
{
	if (!run->verb->on_loop) {
		run->verb->run(run->daemon, run->args, run->text, run->data, &run->error);
		return;
	}
	g_mutex_init(&run->lock);
	g_cond_init(&run->ended);
	run->item = (LoopItem){ .run = run_on_loop, .data = run };
	loop_post(run->daemon->loop, &run->item);
	g_mutex_lock(&run->lock);
	while (!run->over && !g_atomic_int_get(&run->admin->ending))
		g_cond_wait_until(&run->ended, &run->lock, g_get_monotonic_time() + 100 * G_TIME_SPAN_MILLISECOND);
	if (!run->over)
		throw_error(&run->error, ERROR_BUSY, "zhend is stopping");
	g_mutex_unlock(&run->lock);
	g_mutex_clear(&run->lock);
	g_cond_clear(&run->ended);
}

static const Verb *find_verb(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(verbs); i++)
		if (g_strcmp0(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

static char *compose(const GError *error, const char *text, const char *data)
{
	GString *out = g_string_new(NULL);
	JsonOut all;

	json_out_init(&all, out);
	json_open(&all, NULL, FALSE);
	json_put_bool(&all, "ok", error == NULL);
	json_put_text(&all, "text", text);
	json_put_text(&all, "error", error != NULL ? error->message : NULL);
	json_put_raw(&all, "data", data, strlen(data));
	json_close_one(&all);
	g_string_append_c(out, '\n');
	return g_string_free(out, FALSE);
}

static char *answer(Admin *admin, const char *line)
{
	g_autoptr(json_t) request = json_read(line, strlen(line), NULL);
	const char *name = json_string_value(json_object_get(request, "verb"));
	g_autoptr(GString) text = g_string_new(NULL), body = g_string_new(NULL);
	JsonOut data;
	char *reply;
	Run run = { .admin = admin, .daemon = admin->daemon, .args = json_object_get(request, "args"), .text = text, .data = &data };

	json_out_init(&data, body);
	json_open(&data, NULL, FALSE);
	run.verb = find_verb(name);
	if (run.verb != NULL)
		run_verb(&run);
	else
		throw_error(&run.error, ERROR_INVALID, "unknown verb %s; there are: health, reload, audit verify, backup DIR, backups, crashes, events, jobs, purge, settings",
		            name);
	json_close_one(&data);
	reply = compose(run.error, text->str, body->str);
	g_clear_error(&run.error);
	return reply;
}

/* ---- the socket ---- */

static gboolean peer_allowed(int fd)
{
	struct ucred peer;
	socklen_t length = sizeof peer;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0)
		return FALSE;
	if (peer.uid == 0 || peer.uid == geteuid())
		return TRUE;
	log_warn("zhenctl refused to uid %u", peer.uid);
	return FALSE;
}

static void reply_and_close(int fd, const char *reply)
{
	for (gsize sent = 0, all = strlen(reply); sent < all;) {
		ssize_t wrote = send(fd, reply + sent, all - sent, MSG_NOSIGNAL);

		if (wrote <= 0)
			break;
		sent += (gsize)wrote;
	}
	close(fd);
}

typedef struct Apart {
	Admin *admin;
	int fd;
	char *line;
} Apart;

static gpointer apart_thread(gpointer data)
{
	Apart *apart = data;
	g_autofree char *reply = answer(apart->admin, apart->line);

	/* First, or who asks again at once would be told that it still runs. */
	g_atomic_int_set(&apart->admin->apart_busy, 0);
	reply_and_close(apart->fd, reply);
	g_free(apart->line);
	g_free(apart);
	return NULL;
}

static void answer_apart(Admin *admin, int fd, const char *line)
{
	Apart *apart;

	if (!g_atomic_int_compare_and_exchange(&admin->apart_busy, 0, 1)) {
		reply_and_close(fd, "{\"ok\":false,\"error\":\"另一个备份正在进行 (another backup is being made)\"}\n");
		return;
	}
	if (admin->apart != NULL)
		g_thread_join(admin->apart);
	apart = g_new0(Apart, 1);
	*apart = (Apart){ admin, fd, g_strdup(line) };
	admin->apart = g_thread_new("zhen-apart", apart_thread, apart);
}

static gboolean is_apart(const char *line)
{
	g_autoptr(json_t) request = json_read(line, strlen(line), NULL);
	const Verb *verb = find_verb(json_string_value(json_object_get(request, "verb")));

	return verb != NULL && verb->apart;
}

/* `events tail` has no end and so a thread of its own. FALSE: @line is something else. */
static gboolean begin_tail(Admin *admin, int fd, const char *line)
{
	g_autoptr(json_t) request = json_read(line, strlen(line), NULL);
	json_t *args = json_object_get(request, "args");
	g_autoptr(GError) error = NULL;
	g_autofree char *refused = NULL;

	if (g_strcmp0(json_string_value(json_object_get(request, "verb")), "events") != 0 ||
	    g_strcmp0(json_string_value(json_array_get(args, 0)), "tail") != 0)
		return FALSE;
	if (tail_threads_begin(admin->tails, fd, args, &error))
		return TRUE;
	refused = compose(error, "", "{}");
	reply_and_close(fd, refused);
	return TRUE;
}

/* Closes @fd. */
static void serve_one(Admin *admin, int fd)
{
	struct timeval limit = { REQUEST_MS / 1000, 0 };
	char line[REQUEST_MAX];
	gsize length = 0;
	g_autofree char *reply = NULL;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	if (!peer_allowed(fd)) {
		reply_and_close(fd, "{\"ok\":false,\"error\":\"only root and the daemon's user may do this\"}\n");
		return;
	}
	while (length < sizeof line - 1 && memchr(line, '\n', length) == NULL) {
		ssize_t got = recv(fd, line + length, sizeof line - 1 - length, 0);

		if (got <= 0) {
			close(fd);
			return;
		}
		length += (gsize)got;
	}
	line[length] = '\0';
	if (is_apart(line)) {
		answer_apart(admin, fd, line);
		return;
	}
	if (begin_tail(admin, fd, line))
		return;
	reply = answer(admin, line);
	reply_and_close(fd, reply);
}

static gpointer admin_thread(gpointer data)
{
	Admin *admin = data;

	for (;;) {
		struct pollfd watched[2] = { { admin->listener, POLLIN, 0 }, { admin->wake, POLLIN, 0 } };
		int fd;

		if (poll(watched, 2, -1) < 0 && errno != EINTR)
			return NULL;
		if ((watched[1].revents & POLLIN) != 0)
			return NULL;
		fd = accept4(admin->listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0)
			continue;
		serve_one(admin, fd);
	}
}

static int listen_at(const char *path, GError **error)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof address.sun_path) {
		throw_error(error, ERROR_INVALID, "the path of the zhenctl socket is longer than %zu bytes: %s",
		            sizeof address.sun_path - 1, path);
		return -1;
	}
	strcpy(address.sun_path, path);
	unlink(path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || chmod(path, 0600) != 0 ||
	    listen(fd, 8) != 0) {
		throw_error(error, ERROR_IO, "%s: %s", path, g_strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return fd;
}

Admin *admin_new(Daemon *daemon, GError **error)
{
	g_autofree char *path = g_build_filename(daemon->data, "zhend.sock", NULL);
	int listener = listen_at(path, error);
	Admin *admin;

	if (listener < 0)
		return NULL;
	admin = g_new0(Admin, 1);
	admin->daemon = daemon;
	admin->path = g_steal_pointer(&path);
	admin->listener = listener;
	admin->wake = eventfd(0, EFD_CLOEXEC);
	admin->tails = tail_threads_new(daemon);
	admin->thread = g_thread_new("zhen-admin", admin_thread, admin);
	return admin;
}

void admin_free(Admin *admin)
{
	if (admin == NULL)
		return;
	g_atomic_int_set(&admin->ending, 1);
	eventfd_write(admin->wake, 1);
	g_thread_join(admin->thread);
	if (admin->apart != NULL)
		g_thread_join(admin->apart);
	tail_threads_free(admin->tails);
	close(admin->wake);
	close(admin->listener);
	unlink(admin->path);
	g_free(admin->path);
	g_free(admin);
}

gboolean admin_ending(Admin *admin)
{
	return admin != NULL && g_atomic_int_get(&admin->ending) != 0;
}
