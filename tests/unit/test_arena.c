/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <string.h>

#include "base/arena.h"

Test(arena, every_piece_is_aligned_and_its_own)
{
	g_autoptr(Arena) arena = arena_new();
	static const gsize sizes[] = { 0, 1, 15, 16, 17, 4096, 8191, 8192, 100000, 3 };
	guint8 *pieces[G_N_ELEMENTS(sizes)];

	for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
		pieces[i] = arena_alloc(arena, sizes[i]);
		cr_assert_not_null(pieces[i]);
		cr_assert_eq((guintptr)pieces[i] % 16, 0, "%zu bytes", sizes[i]);
		memset(pieces[i], (int)i + 1, sizes[i]);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
		for (gsize at = 0; at < sizes[i]; at++)
			cr_assert_eq(pieces[i][at], i + 1, "byte %zu of piece %zu was overwritten", at, i);
	}
	cr_assert_neq(pieces[0], pieces[1], "a piece of no bytes is a place of its own");
}

Test(arena, a_reset_gives_the_same_memory_again)
{
	g_autoptr(Arena) arena = arena_new();
	void *first = arena_alloc(arena, 100);

	for (guint round = 0; round < 100; round++) {
		for (guint i = 0; i < 50; i++)
			arena_alloc(arena, 1000);
		arena_reset(arena);
		cr_assert_eq(arena_alloc(arena, 100), first, "round %u", round);
	}
}

Test(arena, zeroed_memory_is_zero_even_when_it_was_used_before)
{
	g_autoptr(Arena) arena = arena_new();
	static const char zeroes[1000];

	memset(arena_alloc(arena, sizeof zeroes), 0xff, sizeof zeroes);
	arena_reset(arena);
	cr_assert_eq(memcmp(arena_alloc0(arena, sizeof zeroes), zeroes, sizeof zeroes), 0);
}

Test(arena, texts_are_copied_with_their_end)
{
	g_autoptr(Arena) arena = arena_new();

	cr_assert_null(arena_strdup(arena, NULL));
	cr_assert_str_eq(arena_strdup(arena, "永定镇"), "永定镇");
	cr_assert_str_eq(arena_strdup(arena, ""), "");
	cr_assert_str_eq(arena_strndup(arena, "abcdef", 3), "abc");
	cr_assert_str_eq(arena_strndup(arena, NULL, 0), "");
	cr_assert_str_eq(arena_printf(arena, "%s〔%d〕%d号", "永政审", 2026, 12), "永政审〔2026〕12号");
}

Test(arena, a_printed_text_may_have_any_length)
{
	g_autoptr(Arena) arena = arena_new();

	for (guint length = 250; length <= 260; length++) {
		g_autofree char *wanted = g_strnfill(length, 'x');

		cr_assert_str_eq(arena_printf(arena, "%s", wanted), wanted, "length %u", length);
	}

	g_autofree char *wanted = g_strnfill(200000, 'y');

	cr_assert_str_eq(arena_printf(arena, "%s", wanted), wanted);
}

Test(arena, free_takes_null)
{
	arena_free(NULL);
}
