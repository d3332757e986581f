/* SPDX-License-Identifier: Apache-2.0
 * Windows are all of one length, so they end in the order they began: the queue's head is always the next to go. */
#include "access/attempts.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>

#define MINUTE_MS (60 * 1000)

typedef struct Window {
	guint64 key;
	gint64 begin_ms;
	guint count;
} Window;

struct Attempts {
	pthread_mutex_t lock;
	guint most;
	gint64 window_ms;
	guint8 secret[crypto_shorthash_KEYBYTES]; /* so that nobody can choose keys that meet */
	GHashTable *windows;                      /* &Window.key -> Window */
	GQueue order;                             /* of Window, owned, oldest first */
};

Attempts *attempts_new(guint per_minute)
{
	return attempts_new_within(per_minute, MINUTE_MS);
}

Attempts *attempts_new_within(guint most, gint64 window_ms)
{
	Attempts *attempts = g_new0(Attempts, 1);

	pthread_mutex_init(&attempts->lock, NULL);
	attempts->most = most;
	attempts->window_ms = window_ms;
	randombytes_buf(attempts->secret, sizeof(attempts->secret));
	attempts->windows = g_hash_table_new(g_int64_hash, g_int64_equal);
	g_queue_init(&attempts->order);
	return attempts;
}

void attempts_free(Attempts *attempts)
{
	if (attempts == NULL)
		return;
	g_hash_table_unref(attempts->windows);
	g_queue_clear_full(&attempts->order, g_free);
	pthread_mutex_destroy(&attempts->lock);
	g_free(attempts);
}

static guint64 key_of(const Attempts *attempts, const char *key)
{
	guint64 hash = 0;

	G_STATIC_ASSERT(crypto_shorthash_BYTES == sizeof(hash));
	crypto_shorthash((unsigned char *)&hash, (const unsigned char *)key, strlen(key), attempts->secret);
	return hash;
}

static gboolean is_over(const Attempts *attempts, const Window *window, gint64 now_ms)
{
	/* A clock that was turned back must not keep a window for ever. */
	return now_ms - window->begin_ms >= attempts->window_ms || now_ms < window->begin_ms;
}

static void forget_oldest(Attempts *attempts)
{
	Window *window = g_queue_pop_head(&attempts->order);

	g_hash_table_remove(attempts->windows, &window->key);
	g_free(window);
}

static Window *window_of(Attempts *attempts, guint64 key, gint64 now_ms)
{
	Window *window;

	while (!g_queue_is_empty(&attempts->order) && is_over(attempts, g_queue_peek_head(&attempts->order), now_ms))
		forget_oldest(attempts);
	window = g_hash_table_lookup(attempts->windows, &key);
	if (window != NULL)
		return window;
	if (g_queue_get_length(&attempts->order) >= ATTEMPTS_KEYS_MAX)
		forget_oldest(attempts);
	window = g_new(Window, 1);
	*window = (Window){ .key = key, .begin_ms = now_ms };
	g_queue_push_tail(&attempts->order, window);
	g_hash_table_insert(attempts->windows, &window->key, window);
	return window;
}

gboolean attempts_take(Attempts *attempts, const char *key, gint64 now_ms)
{
	guint64 hash = key_of(attempts, key);
	gboolean allowed;
	Window *window;

	pthread_mutex_lock(&attempts->lock);
	window = window_of(attempts, hash, now_ms);
	allowed = window->count < attempts->most;
	window->count += allowed;
	pthread_mutex_unlock(&attempts->lock);
	return allowed;
}

gint64 attempts_wait_ms(Attempts *attempts, const char *key, gint64 now_ms)
{
	guint64 hash = key_of(attempts, key);
	const Window *window;
	gint64 wait_ms = 0;

	pthread_mutex_lock(&attempts->lock);
	window = g_hash_table_lookup(attempts->windows, &hash);
	if (window != NULL && window->count >= attempts->most && !is_over(attempts, window, now_ms))
		wait_ms = window->begin_ms + attempts->window_ms - now_ms;
	pthread_mutex_unlock(&attempts->lock);
	return wait_ms;
}

void attempts_give_back(Attempts *attempts, const char *key)
{
	guint64 hash = key_of(attempts, key);
	Window *window;

	pthread_mutex_lock(&attempts->lock);
	window = g_hash_table_lookup(attempts->windows, &hash);
	if (window != NULL && window->count > 0)
		window->count--;
	pthread_mutex_unlock(&attempts->lock);
}

guint attempts_keys(Attempts *attempts)
{
	guint keys;

	pthread_mutex_lock(&attempts->lock);
	keys = g_queue_get_length(&attempts->order);
	pthread_mutex_unlock(&attempts->lock);
	return keys;
}

void attempts_address_key(const char *address, char *out, gsize size)
{
	struct in6_addr parsed;

	if (inet_pton(AF_INET6, address, &parsed) == 1 && !IN6_IS_ADDR_V4MAPPED(&parsed)) {
		memset(parsed.s6_addr + 8, 0, 8);
		if (inet_ntop(AF_INET6, &parsed, out, (socklen_t)size) != NULL)
			return;
	}
	g_strlcpy(out, address, size);
}
