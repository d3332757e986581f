/* SPDX-License-Identifier: Apache-2.0 */
#include "http/limits.h"

#include <arpa/inet.h>

#include "access/attempts.h"

#define TABLE_MAX 65536u
#define MINUTE_MS (60 * (gint64)1000)
#define HOUR_MS (60 * MINUTE_MS)
#define HOUR_US (3600 * (gint64)G_USEC_PER_SEC)
#define DAY_US (24 * HOUR_US)

typedef struct Quota {
	gint64 used;
	gint64 from_us; /* bytes: when the hour began; files: the last one */
} Quota;

struct Limits {
	guint connections_max;
	guint per_address_max;
	gint64 upload_bytes_max;
	gint open;
	guint64 refused;
	GMutex lock;           /* of the tables */
	GHashTable *addresses; /* char * -> count of connections; empty without a limit per address */
	GHashTable *tickets;   /* char * -> Quota */
	GHashTable *uploaders; /* char * -> Quota */
	Attempts *writes, *writes_hourly, *codes; /* NULL = no limit */
};

static Attempts *counted(guint most, gint64 window_ms)
{
	return most > 0 ? attempts_new_within(most, window_ms) : NULL;
}

Limits *limits_new(const LimitsOptions *options)
{
	Limits *limits = g_new0(Limits, 1);

	limits->connections_max = options->connections;
	limits->per_address_max = options->connections_per_address;
	limits->upload_bytes_max = options->upload_bytes_per_address;
	limits->writes = counted(options->writes_per_minute, MINUTE_MS);
	limits->writes_hourly = counted(options->writes_per_hour, HOUR_MS);
	limits->codes = counted(options->codes_per_minute, MINUTE_MS);
	g_mutex_init(&limits->lock);
	limits->addresses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	limits->tickets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	limits->uploaders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return limits;
}

void limits_free(Limits *limits)
{
	if (limits == NULL)
		return;
	g_hash_table_unref(limits->addresses);
	g_hash_table_unref(limits->tickets);
	g_hash_table_unref(limits->uploaders);
	attempts_free(limits->writes);
	attempts_free(limits->writes_hourly);
	attempts_free(limits->codes);
	g_mutex_clear(&limits->lock);
	g_free(limits);
}

static gboolean enter_address(Limits *limits, const char *address)
{
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&limits->lock);
	guint count = GPOINTER_TO_UINT(g_hash_table_lookup(limits->addresses, address));

	(void)locker;
	if (count >= limits->per_address_max)
		return FALSE;
	g_hash_table_insert(limits->addresses, g_strdup(address), GUINT_TO_POINTER(count + 1));
	return TRUE;
}

gboolean limits_enter(Limits *limits, const char *address)
{
	gboolean in = (guint)g_atomic_int_add(&limits->open, 1) < limits->connections_max;

	if (in && (limits->per_address_max == 0 || enter_address(limits, address)))
		return TRUE;
	g_atomic_int_add(&limits->open, -1);
	__atomic_add_fetch(&limits->refused, 1, __ATOMIC_RELAXED);
	return FALSE;
}

void limits_leave(Limits *limits, const char *address)
{
	guint count;

	g_atomic_int_add(&limits->open, -1);
	if (limits->per_address_max == 0)
		return;
	g_mutex_lock(&limits->lock);
	count = GPOINTER_TO_UINT(g_hash_table_lookup(limits->addresses, address));
	if (count > 1)
		g_hash_table_insert(limits->addresses, g_strdup(address), GUINT_TO_POINTER(count - 1));
	else
		g_hash_table_remove(limits->addresses, address);
	g_mutex_unlock(&limits->lock);
}

guint limits_open(const Limits *limits)
{
	return (guint)g_atomic_int_get(&limits->open);
}

guint64 limits_refused(const Limits *limits)
{
	return __atomic_load_n(&limits->refused, __ATOMIC_RELAXED);
}

static gboolean older(gpointer key, gpointer value, gpointer before_us)
{
	(void)key;
	return ((const Quota *)value)->from_us < *(const gint64 *)before_us;
}

/* The entry of @name, made when there is room; NULL = the table is full of what is still running. */
static Quota *quota_of(GHashTable *table, const char *name, gint64 now_us, gint64 life_us)
{
	Quota *quota = g_hash_table_lookup(table, name);
	gint64 before_us = now_us - life_us;

	if (quota != NULL)
		return quota;
	if (g_hash_table_size(table) >= TABLE_MAX)
		g_hash_table_foreach_remove(table, older, &before_us);
	if (g_hash_table_size(table) >= TABLE_MAX)
		return NULL;
	quota = g_new0(Quota, 1);
	quota->from_us = now_us;
	g_hash_table_insert(table, g_strdup(name), quota);
	return quota;
}

gboolean limits_upload_file(Limits *limits, const char *ticket, guint max, gint64 now_us)
{
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&limits->lock);
	Quota *quota = quota_of(limits->tickets, ticket, now_us, DAY_US);

	(void)locker;
	if (quota == NULL || quota->used >= max)
		return FALSE;
	quota->used++;
	quota->from_us = now_us;
	return TRUE;
}

static guint seconds(gint64 wait_ms)
{
	return (guint)(MAX(wait_ms, 1) + 999) / 1000;
}

guint limits_take(Limits *limits, LimitKind kind, const char *address, gint64 now_ms)
{
	Attempts *often = kind == LIMIT_CODES ? limits->codes : limits->writes;
	char key[INET6_ADDRSTRLEN];

	attempts_address_key(address, key, sizeof(key));
	if (often != NULL && !attempts_take(often, key, now_ms))
		return seconds(attempts_wait_ms(often, key, now_ms));
	if (kind == LIMIT_WRITES && limits->writes_hourly != NULL &&
	    !attempts_take(limits->writes_hourly, key, now_ms)) {
		if (often != NULL)
			attempts_give_back(often, key);
		return seconds(attempts_wait_ms(limits->writes_hourly, key, now_ms));
	}
	return 0;
}

void limits_give_back(Limits *limits, LimitKind kind, const char *address)
{
	Attempts *often = kind == LIMIT_CODES ? limits->codes : limits->writes;
	char key[INET6_ADDRSTRLEN];

	attempts_address_key(address, key, sizeof(key));
	if (often != NULL)
		attempts_give_back(often, key);
	if (kind == LIMIT_WRITES && limits->writes_hourly != NULL)
		attempts_give_back(limits->writes_hourly, key);
}

gboolean limits_upload_bytes(Limits *limits, const char *address, gint64 bytes, gint64 now_us)
{
	g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&limits->lock);
	Quota *quota = quota_of(limits->uploaders, address, now_us, HOUR_US);

	(void)locker;
	if (quota == NULL)
		return FALSE;
	if (quota->from_us + HOUR_US <= now_us)
		*quota = (Quota){ .used = 0, .from_us = now_us };
	if (quota->used + bytes > limits->upload_bytes_max)
		return FALSE;
	quota->used += bytes;
	return TRUE;
}
