/* SPDX-License-Identifier: Apache-2.0
 * What all loops share of quotas: connections in all and per address, uploads per ticket and address. Tables are bounded;
 * where one is full the answer is no. Any thread. */
#pragma once

#include <glib.h>

typedef struct Limits Limits;

Limits *limits_new(guint connections, guint connections_per_address, gint64 upload_bytes_per_address);
void limits_free(Limits *limits);
gboolean limits_enter(Limits *limits, const char *address);
void limits_leave(Limits *limits, const char *address);
guint limits_open(const Limits *limits);
guint64 limits_refused(const Limits *limits);
/* One file more of this ticket; forgotten a day after the last. */
gboolean limits_upload_file(Limits *limits, const char *ticket, guint max, gint64 now_us);
/* So many bytes more of this address within the hour. */
gboolean limits_upload_bytes(Limits *limits, const char *address, gint64 bytes, gint64 now_us);
