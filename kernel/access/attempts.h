/* SPDX-License-Identifier: Apache-2.0
 * Attempts per minute and key, bounded in memory. Any thread. */
#pragma once

#include <glib.h>

typedef struct Attempts Attempts;

#define ATTEMPTS_KEYS_MAX 16384 /* remembered at once; beyond it the oldest is forgotten */

Attempts *attempts_new(guint per_minute);
Attempts *attempts_new_within(guint most, gint64 window_ms);
void attempts_free(Attempts *attempts);
gboolean attempts_take(Attempts *attempts, const char *key, gint64 now_ms); /* FALSE: too many in this minute */
gint64 attempts_wait_ms(Attempts *attempts, const char *key, gint64 now_ms); /* until there is one again; 0 = there is */
void attempts_give_back(Attempts *attempts, const char *key);               /* one attempt that was no guess */
guint attempts_keys(Attempts *attempts);
/* What an address is counted as: an IPv6 host owns its whole /64. @out holds at least 48 bytes. */
void attempts_address_key(const char *address, char *out, gsize size);
