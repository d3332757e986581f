/* SPDX-License-Identifier: Apache-2.0
 * Chunks in a list, newest first; the first chunk made is the last of the list and is kept across resets. */
#include "base/arena.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define CHUNK_FIRST 8192u
#define CHUNK_MOST (64u * 1024u)
#define ALIGNMENT 16u

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define ARENA_POISONS
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define ARENA_POISONS
#endif

#ifdef ARENA_POISONS
#include <sanitizer/asan_interface.h>
/* Bytes not handed out are poison, so a use after arena_reset is seen as if each piece had been freed. */
#define HIDE(at, bytes) ASAN_POISON_MEMORY_REGION(at, bytes)
#define SHOW(at, bytes) ASAN_UNPOISON_MEMORY_REGION(at, bytes)
#else
#define HIDE(at, bytes) ((void)0)
#define SHOW(at, bytes) ((void)0)
#endif

typedef struct Chunk Chunk;
struct Chunk {
	Chunk *older;
	gsize size; /* of bytes */
	gsize used;
	_Alignas(ALIGNMENT) char bytes[];
};

struct Arena {
	Chunk *newest;
	gsize next_size;
};

static Chunk *chunk_new(gsize size, Chunk *older)
{
	Chunk *chunk = g_malloc(sizeof *chunk + size);

	chunk->older = older;
	chunk->size = size;
	chunk->used = 0;
	HIDE(chunk->bytes, size);
	return chunk;
}

static void chunk_free(Chunk *chunk)
{
	SHOW(chunk->bytes, chunk->size);
	g_free(chunk);
}

Arena *arena_new(void)
{
	Arena *arena = g_new(Arena, 1);

	arena->newest = chunk_new(CHUNK_FIRST, NULL);
	arena->next_size = 2 * CHUNK_FIRST;
	return arena;
}

static void free_newer_than_first(Arena *arena)
{
	while (arena->newest->older != NULL) {
		Chunk *chunk = arena->newest;

		arena->newest = chunk->older;
		chunk_free(chunk);
	}
}

void arena_free(Arena *arena)
{
	if (arena == NULL)
		return;
	free_newer_than_first(arena);
	chunk_free(arena->newest);
	g_free(arena);
}

void arena_reset(Arena *arena)
{
	free_newer_than_first(arena);
	arena->newest->used = 0;
	arena->next_size = 2 * CHUNK_FIRST;
	HIDE(arena->newest->bytes, arena->newest->size);
}

static void add_chunk(Arena *arena, gsize wanted)
{
	gsize size = MAX(arena->next_size, wanted);

	arena->newest = chunk_new(size, arena->newest);
	arena->next_size = MIN(arena->next_size * 2, CHUNK_MOST);
}

void *arena_alloc(Arena *arena, gsize bytes)
{
	if (bytes > G_MAXSSIZE - sizeof(Chunk) - ALIGNMENT)
		g_error("arena: %" G_GSIZE_FORMAT " bytes asked for", bytes);

	gsize whole = (MAX(bytes, 1) + ALIGNMENT - 1) & ~(gsize)(ALIGNMENT - 1);

	if (arena->newest->size - arena->newest->used < whole)
		add_chunk(arena, whole);

	char *at = arena->newest->bytes + arena->newest->used;

	arena->newest->used += whole;
	SHOW(at, bytes);
	return at;
}

void *arena_alloc0(Arena *arena, gsize bytes)
{
	return memset(arena_alloc(arena, bytes), 0, bytes);
}

char *arena_strndup(Arena *arena, const char *text, gsize length)
{
	char *copy = arena_alloc(arena, length + 1);

	if (length > 0)
		memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

char *arena_strdup(Arena *arena, const char *text)
{
	return text != NULL ? arena_strndup(arena, text, strlen(text)) : NULL;
}

char *arena_printf(Arena *arena, const char *format, ...)
{
	char small[256];
	va_list args;

	va_start(args, format);
	int length = vsnprintf(small, sizeof small, format, args);
	va_end(args);
	g_assert(length >= 0);
	if ((gsize)length < sizeof small)
		return arena_strndup(arena, small, (gsize)length);

	char *text = arena_alloc(arena, (gsize)length + 1);

	va_start(args, format);
	vsnprintf(text, (gsize)length + 1, format, args);
	va_end(args);
	return text;
}

void memory_give_back_large(void)
{
	mallopt(M_MMAP_THRESHOLD, 256 * 1024);
}
