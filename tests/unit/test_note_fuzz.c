/* SPDX-License-Identifier: Apache-2.0
 * Some seconds of the fuzz target of notes with damage of our own choosing; ./dev fuzz note goes on for as long as one likes, led
 * by what it reaches. */
#include <criterion/criterion.h>
#include <elf.h>
#include <string.h>

#include "../fuzz/note.c"
#include "loader/loader.h"

#define SOUND BINARY_DIR "/plugins/zoo/zoo.so"
#define SECONDS 4

static const guint64 odd[] = { 0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0xffffffff, G_MAXINT64, G_MAXUINT64 };

/* Within the head and the section headers of an ELF file, else anywhere. */
static gsize place(GRand *rand, const GByteArray *bytes)
{
	Elf64_Ehdr head;

	if (bytes->len > sizeof(head) && memcmp(bytes->data, ELFMAG, SELFMAG) == 0) {
		memcpy(&head, bytes->data, sizeof(head));
		if (g_rand_boolean(rand))
			return (gsize)g_rand_int_range(rand, 0, sizeof(head));
		if (head.e_shoff < bytes->len)
			return head.e_shoff + (gsize)g_rand_int_range(rand, 0, (gint32)(bytes->len - head.e_shoff));
	}
	return (gsize)g_rand_int_range(rand, 0, (gint32)bytes->len);
}

static void damage(GRand *rand, GByteArray *bytes)
{
	const gsize at = place(rand, bytes);
	const guint64 value = odd[g_rand_int_range(rand, 0, G_N_ELEMENTS(odd))];
	const gsize size = (gsize)1 << g_rand_int_range(rand, 0, 4), left = bytes->len - at;

	switch (g_rand_int_range(rand, 0, 5)) {
	case 0:
		bytes->data[at] ^= (guint8)(1u << g_rand_int_range(rand, 0, 8));
		break;
	case 1:
		memcpy(bytes->data + at, &value, MIN(size, left));
		break;
	case 2: /* a piece goes */
		g_byte_array_remove_range(bytes, (guint)at, (guint)MIN(left - (left == bytes->len), size));
		break;
	case 3: /* a piece stands where another stood */
		memmove(bytes->data + at, bytes->data + place(rand, bytes) / 2, MIN(left, bytes->len / 16));
		break;
	default:
		if (g_rand_int_range(rand, 0, 8) == 0)
			g_byte_array_set_size(bytes, (guint)at + 1);
		break;
	}
}

Test(note_fuzz, damaged_files_and_notes_are_survived_for_some_seconds)
{
	const gint64 end = g_get_monotonic_time() + SECONDS * G_USEC_PER_SEC;
	GRand *rand = g_rand_new_with_seed(20260918);
	g_autofree char *file = NULL, *note = NULL;
	guint16 major, minor;
	gsize length, note_length;
	guint rounds = 0;

	cr_assert(g_file_get_contents(SOUND, &file, &length, NULL));
	note = note_read(SOUND, &major, &minor, &note_length, NULL);
	for (; g_get_monotonic_time() < end; rounds++) {
		g_autoptr(GByteArray) bytes = g_byte_array_new();

		if (rounds % 2 == 0)
			g_byte_array_append(bytes, (const guint8 *)file, (guint)length);
		else
			g_byte_array_append(bytes, (const guint8 *)note, (guint)note_length);
		for (gint i = g_rand_int_range(rand, 1, 5); i > 0; i--)
			damage(rand, bytes);
		cr_assert_eq(LLVMFuzzerTestOneInput(bytes->data, bytes->len), 0);
	}
	g_rand_free(rand);
	cr_assert_gt(rounds, 500, "only %u files in %d s", rounds, SECONDS);
}
