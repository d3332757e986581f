/* SPDX-License-Identifier: Apache-2.0
 * Memory that is given back all at once: a call's. One thread at a time. */
#pragma once

#include <glib.h>

typedef struct Arena Arena;

Arena *arena_new(void);
void arena_free(Arena *arena);
/* Forgets everything, keeps the first chunk for the next use. */
void arena_reset(Arena *arena);
/* Never NULL; 16-byte aligned; not zeroed. */
void *arena_alloc(Arena *arena, gsize bytes);
void *arena_alloc0(Arena *arena, gsize bytes);
char *arena_strndup(Arena *arena, const char *text, gsize length); /* NUL-terminated */
char *arena_strdup(Arena *arena, const char *text);                /* NULL stays NULL */
char *arena_printf(Arena *arena, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* For the whole process, at its start: blocks from 256 KiB go back to the system when freed. By itself malloc learns from the
 * first one freed to keep such blocks, in every thread's arena: 30 MB a thread after one drawn document. */
void memory_give_back_large(void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Arena, arena_free)
