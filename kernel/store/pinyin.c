/* SPDX-License-Identifier: Apache-2.0
 * Collation zhen_pinyin: Chinese by pronunciation, as PostgreSQL's "zh-x-icu" sorts it. ICU's collator is made at the
 * first comparison of a connection; most never sort a name. */
#include <string.h>
#include <unicode/ucol.h>
#include <unicode/uiter.h>
#include "store/store_private.h"

static int compare_bytes(int a_length, const void *a, int b_length, const void *b)
{
	int order = memcmp(a, b, (gsize)MIN(a_length, b_length));

	return order != 0 ? order : a_length - b_length;
}

static UCollator *collator_of(StoreConn *conn)
{
	UErrorCode status = U_ZERO_ERROR;

	if (conn->collator == NULL)
		conn->collator = ucol_open("zh@collation=pinyin", &status);
	return conn->collator;
}

static int compare(void *data, int a_length, const void *a, int b_length, const void *b)
{
	UCollator *collator = collator_of(data);
	UErrorCode status = U_ZERO_ERROR;
	UCharIterator left, right;
	int order;

	if (collator == NULL)
		return compare_bytes(a_length, a, b_length, b);
	uiter_setUTF8(&left, a, a_length);
	uiter_setUTF8(&right, b, b_length);
	order = ucol_strcollIter(collator, &left, &right, &status);
	/* Equal only when the same bytes: an index over it must tell all texts apart. */
	return U_FAILURE(status) || order == UCOL_EQUAL ? compare_bytes(a_length, a, b_length, b) : order;
}

void conn_add_pinyin(StoreConn *conn)
{
	sqlite3_create_collation(conn->db, "zhen_pinyin", SQLITE_UTF8, conn, compare);
}

void conn_free_pinyin(StoreConn *conn)
{
	if (conn->collator != NULL)
		ucol_close(conn->collator);
	conn->collator = NULL;
}
