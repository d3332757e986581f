/* SPDX-License-Identifier: Apache-2.0
 * `zhenctl events tail`: CloudEvents, a line each, until the other side has enough. A thread for each, so that admin's own
 * stays free; a tail that is not read is ended. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/events.h"
#include "daemon/verbs.h"

#define TAILS_MAX 8
#define TOPICS_MAX 64
#define SEND_S 30

struct TailThreads {
	Daemon *daemon;
	GMutex lock;
	GCond gone;
	GPtrArray *tails; /* of Tail, under the lock */
	gboolean ending;
};

/* Held by its thread and by the tail reader. */
typedef struct Tail {
	gint ref; /* atomic */
	TailThreads *threads;
	TailReader *reader;
	int fd, wake;
	GMutex lock;
	GString *piece; /* under the lock */
	gint ending;    /* atomic */
} Tail;

static void tail_unref(Tail *tail)
{
	if (!g_atomic_int_dec_and_test(&tail->ref))
		return;
	if (tail->piece != NULL)
		g_string_free(tail->piece, TRUE);
	close(tail->fd);
	close(tail->wake);
	g_mutex_clear(&tail->lock);
	g_free(tail);
}

/* ---- from the reader ---- */

static void tail_piece(void *data, GString *text)
{
	Tail *tail = data;

	g_mutex_lock(&tail->lock);
	tail->piece = text;
	g_mutex_unlock(&tail->lock);
	eventfd_write(tail->wake, 1);
}

static void tail_left(void *data)
{
	tail_unref(data);
}

/* ---- its thread ---- */

static gboolean send_all(int fd, const char *bytes, gsize length)
{
	while (length > 0) {
		const ssize_t wrote = send(fd, bytes, length, MSG_NOSIGNAL);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return FALSE;
		bytes += wrote;
		length -= (gsize)wrote;
	}
	return TRUE;
}

static gboolean send_piece(Tail *tail)
{
	GString *text;
	gboolean fine;

	g_mutex_lock(&tail->lock);
	text = g_steal_pointer(&tail->piece);
	g_mutex_unlock(&tail->lock);
	if (text == NULL)
		return TRUE;
	fine = send_all(tail->fd, text->str, text->len);
	g_string_free(text, TRUE);
	tail_more(tail->reader);
	return fine;
}

static gboolean still_there(Tail *tail)
{
	struct pollfd watched[2] = { { tail->fd, POLLIN | POLLRDHUP, 0 }, { tail->wake, POLLIN, 0 } };
	char waste[256];
	eventfd_t count;

	if (poll(watched, 2, -1) < 0)
		return errno == EINTR;
	if ((watched[1].revents & POLLIN) != 0)
		eventfd_read(tail->wake, &count);
	if ((watched[0].revents & (POLLHUP | POLLERR | POLLRDHUP)) != 0)
		return FALSE;
	return (watched[0].revents & POLLIN) == 0 || recv(tail->fd, waste, sizeof(waste), MSG_DONTWAIT) > 0;
}

static gpointer run_tail(gpointer data)
{
	static const char begun[] = "{\"ok\":true}\n";
	Tail *tail = data;
	TailThreads *threads = tail->threads;
	gboolean there = send_all(tail->fd, begun, strlen(begun));

	while (there && !g_atomic_int_get(&tail->ending))
		there = still_there(tail) && send_piece(tail);
	tail_leave(tail->reader);
	g_mutex_lock(&threads->lock);
	g_ptr_array_remove_fast(threads->tails, tail);
	g_cond_signal(&threads->gone);
	tail_unref(tail);
	g_mutex_unlock(&threads->lock);
	return NULL;
}

/* ---- beginning and end ---- */

TailThreads *tail_threads_new(Daemon *daemon)
{
	TailThreads *threads = g_new0(TailThreads, 1);

	threads->daemon = daemon;
	threads->tails = g_ptr_array_new();
	g_mutex_init(&threads->lock);
	g_cond_init(&threads->gone);
	return threads;
}

void tail_threads_free(TailThreads *threads)
{
	if (threads == NULL)
		return;
	g_mutex_lock(&threads->lock);
	threads->ending = TRUE;
	for (guint i = 0; i < threads->tails->len; i++) {
		Tail *tail = threads->tails->pdata[i];

		g_atomic_int_set(&tail->ending, 1);
		shutdown(tail->fd, SHUT_RDWR); /* also one that is stuck in sending */
		eventfd_write(tail->wake, 1);
	}
	while (threads->tails->len > 0)
		g_cond_wait(&threads->gone, &threads->lock);
	g_mutex_unlock(&threads->lock);
	g_ptr_array_unref(threads->tails);
	g_mutex_clear(&threads->lock);
	g_cond_clear(&threads->gone);
	g_free(threads);
}

static gboolean topic_is_known(const Daemon *daemon, const char *name, GError **error)
{
	for (guint i = 0; i < daemon->slots->len; i++) {
		const Plugin *plugin = ((const Slot *)daemon->slots->pdata[i])->loaded->plugin;

		for (guint j = 0; j < plugin->n_topics; j++)
			if (strcmp(plugin->topics[j].name, name) == 0)
				return TRUE;
	}
	return throw_error(error, ERROR_NOT_FOUND, "没有事件种类 %s (no plugin here has the topic %s)", name, name);
}

static gboolean read_options(const Daemon *daemon, json_t *args, GPtrArray *topics, const char **out_from,
                             GError **error)
{
	for (guint i = 1; i < json_array_size(args); i += 2) {
		const char *name = json_string_value(json_array_get(args, i));
		const char *value = json_string_value(json_array_get(args, i + 1));

		if (value != NULL && g_strcmp0(name, "--from") == 0)
			*out_from = strcmp(value, "start") == 0 ? "" : value;
		else if (value != NULL && g_strcmp0(name, "--topic") == 0 && topics->len < TOPICS_MAX)
			g_ptr_array_add(topics, (gpointer)value);
		else
			return verb_misused(error);
		if (name[2] == 't' && !topic_is_known(daemon, value, error))
			return FALSE;
	}
	if (*out_from != NULL && !tail_from_valid(*out_from))
		return throw_error(error, ERROR_INVALID,
		                   "%s 不是位置；位置是事件的 id，可用逗号连接 (not a position: take ids of events, joined by commas)",
		                   *out_from);
	return TRUE;
}

static Tail *tail_new(TailThreads *threads, int fd)
{
	const struct timeval limit = { SEND_S, 0 };
	Tail *tail = g_new0(Tail, 1);

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	tail->ref = 2;
	tail->threads = threads;
	tail->fd = fd;
	tail->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	g_mutex_init(&tail->lock);
	return tail;
}

gboolean tail_threads_begin(TailThreads *threads, int fd, json_t *args, GError **error)
{
	g_autoptr(GPtrArray) topics = g_ptr_array_new();
	const char *from = NULL;
	Tail *tail;

	if (!read_options(threads->daemon, args, topics, &from, error))
		return FALSE;
	g_ptr_array_add(topics, NULL);
	g_mutex_lock(&threads->lock);
	if (threads->ending || threads->tails->len >= TAILS_MAX) {
		g_mutex_unlock(&threads->lock);
		return throw_error(error, ERROR_BUSY, "同时最多 %d 个 tail (at most %d tails at a time)", TAILS_MAX,
		                   TAILS_MAX);
	}
	tail = tail_new(threads, fd);
	g_ptr_array_add(threads->tails, tail);
	TailOptions options = { .topics = topics->len > 1 ? (const char *const *)topics->pdata : NULL, .from = from,
		                .piece = tail_piece, .left = tail_left, .data = tail };
	tail->reader = tail_join(events_tails(threads->daemon->events), &options);
	g_thread_unref(g_thread_new("zhen-tail", run_tail, tail));
	g_mutex_unlock(&threads->lock);
	return TRUE;
}
