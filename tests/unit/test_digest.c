/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "base/digest.h"

Test(digest, sm3_gives_the_values_of_the_standard)
{
	static const struct {
		const char *text, *hex;
	} cases[] = {
		{ "abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0" },
		{ "abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd",
		  "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732" },
		{ "", "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b" },
	};
	g_autoptr(Digest) digest = digest_new();

	/* Twice: a context that is used again must begin anew. */
	for (gsize i = 0; i < 2 * G_N_ELEMENTS(cases); i++) {
		gsize n = i % G_N_ELEMENTS(cases);
		guint8 out[DIGEST_SIZE];
		char hex[DIGEST_HEX_SIZE];

		digest_of(digest, cases[n].text, strlen(cases[n].text), out);
		digest_hex(out, hex);
		cr_assert_str_eq(hex, cases[n].hex, "'%s' gave %s", cases[n].text, hex);
	}
}

Test(digest, keyed_digests_are_those_of_openssl)
{
	static const gsize key_sizes[] = { 0, 1, 31, 32, 33, 63, 64, 65, 200 };
	static const gsize text_sizes[] = { 0, 1, 31, 55, 56, 63, 64, 65, 1000 };
	guint8 bytes[1000];

	for (gsize i = 0; i < sizeof bytes; i++)
		bytes[i] = (guint8)(i * 31 + 7);
	for (gsize k = 0; k < G_N_ELEMENTS(key_sizes); k++) {
		g_autoptr(Digest) digest = digest_new_keyed(bytes, key_sizes[k]);

		for (gsize t = 0; t < G_N_ELEMENTS(text_sizes); t++) {
			guint8 ours[DIGEST_SIZE], theirs[EVP_MAX_MD_SIZE];
			guint length = 0;

			digest_of(digest, bytes, text_sizes[t], ours);
			cr_assert_not_null(
				HMAC(EVP_sm3(), bytes, (int)key_sizes[k], bytes, text_sizes[t], theirs, &length));
			cr_assert_eq(length, DIGEST_SIZE);
			cr_assert_eq(memcmp(ours, theirs, DIGEST_SIZE), 0, "key of %zu, text of %zu", key_sizes[k],
			             text_sizes[t]);
		}
	}
}

Test(digest, parts_make_the_same_as_the_whole)
{
	g_autoptr(Digest) plain = digest_new();
	g_autoptr(Digest) keyed = digest_new_keyed((const guint8 *)"key", 3);
	Digest *both[] = { plain, keyed };
	char text[300];

	memset(text, 'z', sizeof text);
	for (gsize i = 0; i < G_N_ELEMENTS(both); i++) {
		guint8 whole[DIGEST_SIZE], parts[DIGEST_SIZE];

		digest_of(both[i], text, sizeof text, whole);
		digest_begin(both[i]);
		/* A digest that was begun and left is forgotten by the next. */
		digest_add(both[i], "left", 4);
		digest_begin(both[i]);
		for (gsize at = 0; at < sizeof text; at += 25)
			digest_add(both[i], text + at, 25);
		digest_end(both[i], parts);
		cr_assert(digest_equal(whole, parts, DIGEST_SIZE));
	}
}

Test(digest, hex_reads_back_and_refuses_what_it_is_not)
{
	static const char good[] = "66C7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
	guint8 bytes[DIGEST_SIZE] = { 0 };
	char hex[DIGEST_HEX_SIZE];

	cr_assert(digest_from_hex(good, bytes));
	digest_hex(bytes, hex);
	cr_assert_eq(g_ascii_strcasecmp(hex, good), 0);

	static const char *const bad[] = {
		"", "6", "66", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e",
		"66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e00",
		"g6c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
		" 6c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
	};
	guint8 before[DIGEST_SIZE];

	memcpy(before, bytes, DIGEST_SIZE);
	cr_assert_not(digest_from_hex(NULL, bytes));
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		cr_assert_not(digest_from_hex(bad[i], bytes), "'%s'", bad[i]);
	cr_assert_eq(memcmp(before, bytes, DIGEST_SIZE), 0, "a refusal leaves the output alone");
}

Test(digest, equal_sees_every_byte)
{
	guint8 a[DIGEST_SIZE] = { 0 }, b[DIGEST_SIZE] = { 0 };

	cr_assert(digest_equal(a, b, DIGEST_SIZE));
	for (gsize length = 1; length <= DIGEST_SIZE; length++)
		for (gsize i = 0; i < DIGEST_SIZE; i++) {
			b[i] = 0x80;
			cr_assert_eq(digest_equal(a, b, length), i >= length, "byte %zu of %zu", i, length);
			b[i] = 0;
		}
	digest_free(NULL);
}
