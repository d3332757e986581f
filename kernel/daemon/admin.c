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
#include "daemon/admin.h"
#include "daemon/events.h"
#include "daemon/events_verbs.h"

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
	const char *apart_verb; /* atomic; static; NULL = none yet */
	char *apart_fault; /* what was said of the last; under the next */
	GMutex one; /* of verbs, wherever they come from: they share a reader of databases */
} Admin;

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
static void wait_for_loop(Run *run)
{
	g_mutex_init(&run->lock);
	g_cond_init(&run->ended);
	run->item = (LoopItem){ .run = run_on_loop, .data = run };
	loop_post(run->daemon->loop, &run->item);
	g_mutex_lock(&run->lock);
	while (!run->over && !g_atomic_int_get(&run->admin->ending))
		g_cond_wait_until(&run->ended, &run->lock, g_get_monotonic_time() + 100 * G_TIME_SPAN_MILLISECOND);
	if (!run->over)
		throw_error(&run->error, ERROR_BUSY, "zhend 正在停止 (zhend is stopping)");
	g_mutex_unlock(&run->lock);
	g_mutex_clear(&run->lock);
	g_cond_clear(&run->ended);
}

/* What was changed without a row of the audit is told to whoever did it. */
static void write_audit(Run *run)
{
	GError *fault = NULL;

	if (host_audit_add(run->daemon, run->verb, run->args, run->error, &fault))
		return;
	log_error("zhenctl %s: %s", run->verb->name, fault->message);
	if (run->error == NULL)
		run->error = fault;
	else
		g_error_free(fault);
}

static void run_verb(Run *run)
{
	if (!run->verb->apart)
		g_mutex_lock(&run->admin->one);
	if (run->verb->on_loop)
		wait_for_loop(run);
	else
		run->verb->run(run->daemon, run->args, run->text, run->data, &run->error);
	if (verb_is_change(run->verb, run->args))
		write_audit(run);
	if (!run->verb->apart)
		g_mutex_unlock(&run->admin->one);
}

gboolean admin_run(Admin *admin, const char *name, json_t *args, GString *text, GString *data, GError **error)
{
	JsonOut out;
	Run run = { .admin = admin, .daemon = admin->daemon, .args = args, .text = text, .data = &out, .verb = verb_find(name) };

	json_out_init(&out, data);
	json_open(&out, NULL, FALSE);
	if (run.verb != NULL) {
		run_verb(&run);
	} else {
		g_autofree char *names = verb_names();

		throw_error(&run.error, ERROR_INVALID, "没有 %s 这个命令 (unknown verb %s; there are: %s)", name, name,
		            names);
	}
	/* One that failed may have left lists open. */
	while (out.depth > 0)
		json_close_one(&out);
	if (run.error != NULL)
		g_propagate_error(error, run.error);
	return run.error == NULL;
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

/* @out_fault (may be NULL): what stood against it, (transfer full). */
static char *answer(Admin *admin, const char *line, char **out_fault)
{
	g_autoptr(json_t) request = json_read(line, strlen(line), NULL);
	g_autoptr(GString) text = g_string_new(NULL), data = g_string_new(NULL);
	g_autoptr(GError) error = NULL;

	admin_run(admin, json_string_value(json_object_get(request, "verb")), json_object_get(request, "args"), text,
	          data, &error);
	if (out_fault != NULL)
		*out_fault = error != NULL ? g_strdup(error->message) : NULL;
	return compose(error, text->str, data->str);
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
	char *fault = NULL;
	g_autofree char *reply = answer(apart->admin, apart->line, &fault);

	g_mutex_lock(&apart->admin->one);
	g_free(apart->admin->apart_fault);
	apart->admin->apart_fault = fault;
	g_mutex_unlock(&apart->admin->one);
	/* First, or who asks again at once would be told that it still runs. */
	g_atomic_int_set(&apart->admin->apart_busy, 0);
	if (apart->fd >= 0)
		reply_and_close(apart->fd, reply);
	g_free(apart->line);
	g_free(apart);
	return NULL;
}

static const Verb *verb_of(const char *line)
{
	g_autoptr(json_t) request = json_read(line, strlen(line), NULL);

	return verb_find(json_string_value(json_object_get(request, "verb")));
}

/* @fd: who waits for its answer; -1 = nobody. FALSE: one is under way. */
static gboolean begin_apart(Admin *admin, int fd, const char *line)
{
	Apart *apart;

	if (!g_atomic_int_compare_and_exchange(&admin->apart_busy, 0, 1))
		return FALSE;
	if (admin->apart != NULL)
		g_thread_join(admin->apart);
	g_atomic_pointer_set(&admin->apart_verb, (gpointer)verb_of(line)->name);
	apart = g_new0(Apart, 1);
	*apart = (Apart){ admin, fd, g_strdup(line) };
	admin->apart = g_thread_new("zhen-apart", apart_thread, apart);
	return TRUE;
}

gboolean admin_begin_apart(Admin *admin, const char *verb, json_t *args)
{
	g_autoptr(json_t) request = json_pack("{s:s, s:O}", "verb", verb, "args", args);
	char *line = json_dumps(request, JSON_COMPACT);
	const gboolean begun = begin_apart(admin, -1, line);

	free(line);
	return begun;
}

gboolean admin_put_apart(Admin *admin, const char *verbs, JsonOut *data)
{
	g_auto(GStrv) names = g_strsplit(verbs, "|", -1);
	const char *last = g_atomic_pointer_get(&admin->apart_verb);
	const gboolean ours = last != NULL && g_strv_contains((const char *const *)names, last);
	const gboolean runs = ours && g_atomic_int_get(&admin->apart_busy) != 0;

	json_put_bool(data, "running", runs);
	json_put_text(data, "last_fault", ours ? admin->apart_fault : NULL);
	return runs;
}

static gboolean is_apart(const char *line)
{
	const Verb *verb = verb_of(line);

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
		if (!begin_apart(admin, fd, line))
			reply_and_close(
				fd, "{\"ok\":false,\"error\":\"备份或更换版本正在进行 (a backup is being made or a version swapped)\"}\n");
		return;
	}
	if (begin_tail(admin, fd, line))
		return;
	reply = answer(admin, line, NULL);
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
		throw_error(error, ERROR_INVALID,
		            "%s: zhenctl 套接字的路径超过 %zu 字节 (the path of the zhenctl socket is longer than %zu bytes)", path,
		            sizeof address.sun_path - 1, sizeof address.sun_path - 1);
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
	g_mutex_init(&admin->one);
	admin->tails = tail_threads_new(daemon);
	admin->thread = g_thread_new("zhen-admin", admin_thread, admin);
	return admin;
}

void admin_enter(Admin *admin)
{
	g_mutex_lock(&admin->one);
}

void admin_leave(Admin *admin)
{
	g_mutex_unlock(&admin->one);
}

void admin_stop(Admin *admin)
{
	if (admin != NULL)
		g_atomic_int_set(&admin->ending, 1);
}

void admin_free(Admin *admin)
{
	if (admin == NULL)
		return;
	admin_stop(admin);
	eventfd_write(admin->wake, 1);
	g_thread_join(admin->thread);
	if (admin->apart != NULL)
		g_thread_join(admin->apart);
	tail_threads_free(admin->tails);
	close(admin->wake);
	close(admin->listener);
	unlink(admin->path);
	g_mutex_clear(&admin->one);
	g_free(admin->apart_fault);
	g_free(admin->path);
	g_free(admin);
}

gboolean admin_ending(Admin *admin)
{
	return admin != NULL && g_atomic_int_get(&admin->ending) != 0;
}
