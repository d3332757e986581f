/* SPDX-License-Identifier: Apache-2.0
 * Two maps. by_digest holds every session under one lock, taken at login, logout and the first sight of a token; the
 * shards hold the tokens seen, and are all that a normal look-up touches. Lock order: by_digest, then a shard; a token
 * is put into its shard under both, so a logout cannot be overtaken by a look-up that began before it. */
#include "access/sessions.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

#define SHARDS 16

typedef struct ByDigest {
	guint64 key; /* first bytes of the digest: as random as the token */
	guint8 digest[DIGEST_SIZE];
	Session *session;
	gboolean seen;     /* its token, which is in a shard under @token_key */
	guint64 token_key;
} ByDigest;

typedef struct ByToken {
	guint64 key;
	char token[TOKEN_LENGTH];
	Session *session;
} ByToken;

typedef struct Shard {
	pthread_mutex_t lock;
	GHashTable *tokens; /* &ByToken.key -> ByToken */
} __attribute__((aligned(64))) Shard;

struct Sessions {
	Shard shards[SHARDS];
	pthread_mutex_t lock;
	GHashTable *by_digest; /* &ByDigest.key -> ByDigest */
	guint64 secret;
	guint max;
};

static void by_digest_free(void *data)
{
	ByDigest *entry = data;

	session_unref(entry->session);
	g_free(entry);
}

static void by_token_free(void *data)
{
	ByToken *entry = data;

	session_unref(entry->session);
	sodium_memzero(entry->token, sizeof(entry->token));
	g_free(entry);
}

Sessions *sessions_new(guint max)
{
	Sessions *sessions = g_aligned_alloc0(1, sizeof(Sessions), 64);

	pthread_mutex_init(&sessions->lock, NULL);
	sessions->by_digest = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, by_digest_free);
	for (guint i = 0; i < SHARDS; i++) {
		pthread_mutex_init(&sessions->shards[i].lock, NULL);
		sessions->shards[i].tokens = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, by_token_free);
	}
	randombytes_buf(&sessions->secret, sizeof(sessions->secret));
	sessions->secret |= 1; /* odd: a multiplication that loses nothing */
	sessions->max = max;
	return sessions;
}

void sessions_free(Sessions *sessions)
{
	if (sessions == NULL)
		return;
	for (guint i = 0; i < SHARDS; i++) {
		g_hash_table_unref(sessions->shards[i].tokens);
		pthread_mutex_destroy(&sessions->shards[i].lock);
	}
	g_hash_table_unref(sessions->by_digest);
	pthread_mutex_destroy(&sessions->lock);
	g_aligned_free(sessions);
}

void sessions_make_token(char out[TOKEN_LENGTH + 1])
{
	guint8 bytes[32];

	randombytes_buf(bytes, sizeof(bytes));
	sodium_bin2base64(out, TOKEN_LENGTH + 1, bytes, sizeof(bytes), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sodium_memzero(bytes, sizeof(bytes));
}

void sessions_digest(const char token[TOKEN_LENGTH], guint8 out[DIGEST_SIZE])
{
	static GPrivate own = G_PRIVATE_INIT((GDestroyNotify)digest_free);
	Digest *digest = g_private_get(&own);

	if (digest == NULL) {
		digest = digest_new();
		g_private_set(&own, digest);
	}
	digest_of(digest, token, TOKEN_LENGTH, out);
}

static guint64 digest_key(const guint8 digest[DIGEST_SIZE])
{
	guint64 key;

	memcpy(&key, digest, sizeof(key));
	return key;
}

/* Tokens are random, so 16 of their characters are spread already; the secret keeps callers from knowing where. */
static guint64 token_key(const Sessions *sessions, const char *token)
{
	guint64 a, b;

	memcpy(&a, token, sizeof(a));
	memcpy(&b, token + sizeof(a), sizeof(b));
	a = (a ^ (b << 32 | b >> 32)) * sessions->secret;
	return a ^ a >> 32;
}

static Shard *shard_of(Sessions *sessions, guint64 key)
{
	return &sessions->shards[key >> 60];
}

/* Under the lock of by_digest. */
static void remember_token(Sessions *sessions, const char *token, ByDigest *found)
{
	ByToken *entry = g_new(ByToken, 1);
	Shard *shard;

	entry->key = token_key(sessions, token);
	memcpy(entry->token, token, TOKEN_LENGTH);
	entry->session = session_ref(found->session);
	found->seen = TRUE;
	found->token_key = entry->key;
	shard = shard_of(sessions, entry->key);
	pthread_mutex_lock(&shard->lock);
	g_hash_table_replace(shard->tokens, &entry->key, entry);
	pthread_mutex_unlock(&shard->lock);
}

static gboolean digest_expired(void *key, void *value, void *now_ms)
{
	(void)key;
	return ((const ByDigest *)value)->session->expires_ms <= *(const gint64 *)now_ms;
}

static gboolean token_expired(void *key, void *value, void *now_ms)
{
	(void)key;
	return ((const ByToken *)value)->session->expires_ms <= *(const gint64 *)now_ms;
}

static void sweep_locked(Sessions *sessions, gint64 now_ms)
{
	g_hash_table_foreach_remove(sessions->by_digest, digest_expired, &now_ms);
	for (guint i = 0; i < SHARDS; i++) {
		Shard *shard = &sessions->shards[i];

		pthread_mutex_lock(&shard->lock);
		g_hash_table_foreach_remove(shard->tokens, token_expired, &now_ms);
		pthread_mutex_unlock(&shard->lock);
	}
}

void sessions_sweep(Sessions *sessions, gint64 now_ms)
{
	pthread_mutex_lock(&sessions->lock);
	sweep_locked(sessions, now_ms);
	pthread_mutex_unlock(&sessions->lock);
}

gboolean sessions_add(Sessions *sessions, const guint8 digest[DIGEST_SIZE], const char *token, Session *session,
                      gint64 now_ms)
{
	ByDigest *entry = g_new0(ByDigest, 1);
	gboolean room;

	entry->key = digest_key(digest);
	memcpy(entry->digest, digest, DIGEST_SIZE);
	entry->session = session;
	pthread_mutex_lock(&sessions->lock);
	if (g_hash_table_size(sessions->by_digest) >= sessions->max)
		sweep_locked(sessions, now_ms);
	room = g_hash_table_size(sessions->by_digest) < sessions->max;
	if (room) {
		if (token != NULL)
			remember_token(sessions, token, entry);
		g_hash_table_replace(sessions->by_digest, &entry->key, entry);
	}
	pthread_mutex_unlock(&sessions->lock);
	if (!room)
		by_digest_free(entry);
	return room;
}

static Session *find_token(Sessions *sessions, const char *token)
{
	guint64 key = token_key(sessions, token);
	Shard *shard = shard_of(sessions, key);
	Session *session = NULL;
	const ByToken *entry;

	pthread_mutex_lock(&shard->lock);
	entry = g_hash_table_lookup(shard->tokens, &key);
	if (entry != NULL && digest_equal(entry->token, token, TOKEN_LENGTH))
		session = session_ref(entry->session);
	pthread_mutex_unlock(&shard->lock);
	return session;
}

static Session *find_digest(Sessions *sessions, const char *token)
{
	guint8 digest[DIGEST_SIZE];
	guint64 key;
	Session *session = NULL;
	ByDigest *entry;

	sessions_digest(token, digest);
	key = digest_key(digest);
	pthread_mutex_lock(&sessions->lock);
	entry = g_hash_table_lookup(sessions->by_digest, &key);
	if (entry != NULL && digest_equal(entry->digest, digest, DIGEST_SIZE)) {
		session = session_ref(entry->session);
		remember_token(sessions, token, entry);
	}
	pthread_mutex_unlock(&sessions->lock);
	return session;
}

Session *sessions_find(Sessions *sessions, const char *token, gsize length, gint64 now_ms)
{
	g_autoptr(Session) session = NULL;

	if (token == NULL || length != TOKEN_LENGTH)
		return NULL;
	session = find_token(sessions, token);
	if (session == NULL)
		session = find_digest(sessions, token);
	if (session == NULL || session->expires_ms <= now_ms)
		return NULL;
	return g_steal_pointer(&session);
}

gboolean sessions_remove(Sessions *sessions, const char *token, gsize length, guint8 out[DIGEST_SIZE])
{
	const ByDigest *entry;
	const ByToken *seen;
	guint64 key, seen_key;
	gboolean found;
	Shard *shard;

	if (token == NULL || length != TOKEN_LENGTH)
		return FALSE;
	sessions_digest(token, out);
	key = digest_key(out);
	seen_key = token_key(sessions, token);
	shard = shard_of(sessions, seen_key);
	pthread_mutex_lock(&sessions->lock);
	entry = g_hash_table_lookup(sessions->by_digest, &key);
	found = entry != NULL && digest_equal(entry->digest, out, DIGEST_SIZE);
	if (found) {
		g_hash_table_remove(sessions->by_digest, &key);
		pthread_mutex_lock(&shard->lock);
		seen = g_hash_table_lookup(shard->tokens, &seen_key);
		if (seen != NULL && digest_equal(seen->token, token, TOKEN_LENGTH))
			g_hash_table_remove(shard->tokens, &seen_key);
		pthread_mutex_unlock(&shard->lock);
	}
	pthread_mutex_unlock(&sessions->lock);
	return found;
}

void sessions_drop(Sessions *sessions, const guint8 digest[DIGEST_SIZE])
{
	guint64 key = digest_key(digest);
	const ByDigest *entry;

	pthread_mutex_lock(&sessions->lock);
	entry = g_hash_table_lookup(sessions->by_digest, &key);
	if (entry != NULL && digest_equal(entry->digest, digest, DIGEST_SIZE)) {
		Shard *shard = shard_of(sessions, entry->token_key);

		pthread_mutex_lock(&shard->lock);
		if (entry->seen)
			g_hash_table_remove(shard->tokens, &entry->token_key);
		pthread_mutex_unlock(&shard->lock);
		g_hash_table_remove(sessions->by_digest, &key);
	}
	pthread_mutex_unlock(&sessions->lock);
}

static void renew_tokens(Shard *shard, GHashTable *renewed)
{
	GHashTableIter iter;
	gpointer value;

	pthread_mutex_lock(&shard->lock);
	g_hash_table_iter_init(&iter, shard->tokens);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		ByToken *entry = value;
		Session *fresh = g_hash_table_lookup(renewed, entry->session);

		if (fresh == NULL)
			continue;
		session_unref(entry->session);
		entry->session = session_ref(fresh);
	}
	pthread_mutex_unlock(&shard->lock);
}

void sessions_renew(Sessions *sessions, Session *(*renew)(const Session *old, void *data), void *data)
{
	/* The old ones stay until the tokens are through: their addresses are the keys. */
	g_autoptr(GHashTable) renewed =
		g_hash_table_new_full(NULL, NULL, (GDestroyNotify)session_unref, (GDestroyNotify)session_unref);
	GHashTableIter iter;
	gpointer value;

	pthread_mutex_lock(&sessions->lock);
	g_hash_table_iter_init(&iter, sessions->by_digest);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		ByDigest *entry = value;
		Session *fresh = renew(entry->session, data);

		g_hash_table_insert(renewed, entry->session, session_ref(fresh));
		entry->session = fresh;
	}
	for (guint i = 0; i < SHARDS; i++)
		renew_tokens(&sessions->shards[i], renewed);
	pthread_mutex_unlock(&sessions->lock);
}

guint sessions_count(Sessions *sessions)
{
	guint count;

	pthread_mutex_lock(&sessions->lock);
	count = g_hash_table_size(sessions->by_digest);
	pthread_mutex_unlock(&sessions->lock);
	return count;
}
