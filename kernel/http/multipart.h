/* SPDX-License-Identifier: Apache-2.0
 * multipart/form-data as it streams in: no part is held, only its header lines and a boundary that may be beginning. */
#pragma once

#include <glib.h>

#define MULTIPART_HEADERS_MAX 2048
#define MULTIPART_PARTS_MAX 512

/* Each returns FALSE to stop. */
typedef struct MultipartEvents {
	gboolean (*begin)(void *data, const char *name, const char *file_name /* NULL = a plain field */);
	gboolean (*bytes)(void *data, const char *bytes, gsize length);
	gboolean (*end)(void *data);
} MultipartEvents;

typedef struct Multipart Multipart;

/* NULL: @content_type (NUL-terminated) names no usable boundary. */
Multipart *multipart_new(const char *content_type, const MultipartEvents *events, void *data);
void multipart_free(Multipart *multipart);
gboolean multipart_feed(Multipart *multipart, const char *bytes, gsize length); /* FALSE: broken, or an event stopped it */
gboolean multipart_done(const Multipart *multipart); /* the closing boundary was seen */
