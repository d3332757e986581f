/* SPDX-License-Identifier: Apache-2.0
 * What all loops share of quotas: connections in all and per address, uploads per ticket and address. Tables are bounded;
 * where one is full the answer is no. Any thread. */
#pragma once

#include <glib.h>

typedef struct Limits Limits;

/* Without an account. */
typedef enum LimitKind { LIMIT_NONE, LIMIT_WRITES, LIMIT_CODES } LimitKind;

typedef struct LimitsOptions {
	guint connections;
	guint connections_per_address; /* 0 = no limit, here and below */
	gint64 upload_bytes_per_address;
	guint writes_per_minute, writes_per_hour, codes_per_minute;
} LimitsOptions;

Limits *limits_new(const LimitsOptions *options);
void limits_free(Limits *limits);
gboolean limits_enter(Limits *limits, const char *address);
void limits_leave(Limits *limits, const char *address);
guint limits_open(const Limits *limits);
guint64 limits_refused(const Limits *limits);
/* One file more of this ticket; forgotten a day after the last. */
gboolean limits_upload_file(Limits *limits, const char *ticket, guint max, gint64 now_us);
/* One more of this address (of an IPv6 network of 64 bits): 0 = taken, else seconds until there is one again. */
guint limits_take(Limits *limits, LimitKind kind, const char *address, gint64 now_ms);
void limits_give_back(Limits *limits, LimitKind kind, const char *address);
/* So many bytes more of this address within the hour. */
gboolean limits_upload_bytes(Limits *limits, const char *address, gint64 bytes, gint64 now_us);
