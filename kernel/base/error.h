/* SPDX-License-Identifier: Apache-2.0
 * Errors of the world, as GError: thrown and returned in one statement, reported once where it is decided. */
#pragma once

#include <glib.h>

typedef enum ErrorCode {
	ERROR_FAILED,      /* no better word */
	ERROR_INVALID,     /* input or configuration that breaks a rule */
	ERROR_NOT_FOUND,
	ERROR_REFUSED,     /* not allowed: a statement, a plugin, a caller */
	ERROR_CONSTRAINT,  /* UNIQUE, NOT NULL, CHECK, FOREIGN KEY */
	ERROR_FULL,        /* disk or quota */
	ERROR_IO,
	ERROR_BUSY,        /* a queue or a lock: later */
	ERROR_INTERRUPTED, /* a step budget ran out */
	ERROR_TOO_LARGE,
	ERROR_ABI,         /* made for another host */
	ERROR_CONFLICT,    /* not the state that was said: a position of another log */
	ERROR_BUILDING,    /* an index is not whole yet: later */
} ErrorCode;

#define ZHEN_ERROR_DOMAIN (error_domain())
GQuark error_domain(void);

/* Sets @error (may be NULL) and returns FALSE. */
gboolean throw_error(GError **error, ErrorCode code, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Puts "text: " before @error's message and returns FALSE. */
gboolean prefix_error(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
