/* SPDX-License-Identifier: Apache-2.0
 * A store in a folder of its own, for the tests of this floor. */
#pragma once

#include <criterion/criterion.h>
#include <ftw.h>
#include <stdio.h>
#include <unistd.h>
#include "store/store.h"

typedef struct Fixture {
	char *dir;
	StoreHost *host;
	Store *store;
} Fixture;

static inline Fixture fixture_with(const StoreHostOptions *host, StoreOptions options)
{
	Fixture f = { 0 };
	g_autoptr(GError) error = NULL;
	g_autofree char *dir = NULL;

	f.dir = g_dir_make_tmp("zhen-store-XXXXXX", &error);
	cr_assert_not_null(f.dir, "%s", error == NULL ? "" : error->message);
	dir = g_build_filename(f.dir, "notes", NULL);
	options.dir = dir;
	options.name = "notes";
	f.host = store_host_new(host, &error);
	cr_assert_not_null(f.host, "%s", error == NULL ? "" : error->message);
	f.store = store_open(f.host, &options, &error);
	cr_assert_not_null(f.store, "%s", error == NULL ? "" : error->message);
	return f;
}

static inline Fixture fixture(void)
{
	return fixture_with(&(StoreHostOptions){ .readers = 2 }, (StoreOptions){ 0 });
}

static inline int fixture_remove(const char *path, const struct stat *st, int flag, struct FTW *where)
{
	(void)st;
	(void)flag;
	(void)where;
	return remove(path);
}

static inline void fixture_clear(Fixture *f)
{
	store_close(f->store);
	store_host_free(f->host);
	nftw(f->dir, fixture_remove, 8, FTW_DEPTH | FTW_PHYS);
	g_free(f->dir);
}

static inline void fixture_reopen(Fixture *f, StoreOptions options)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *dir = g_strdup(store_dir(f->store));

	store_close(f->store);
	options.dir = dir;
	options.name = "notes";
	f->store = store_open(f->host, &options, &error);
	cr_assert_not_null(f->store, "%s", error == NULL ? "" : error->message);
}

typedef struct Sql {
	StoreOwner owner;
	const char *sql;
	gint64 first;
} Sql;

static inline gboolean fixture_exec(StoreConn *conn, void *data, GError **error)
{
	Sql *sql = data;

	return store_exec(conn, sql->owner, sql->sql, NULL, 0, &sql->first, error);
}

/* One committed write; must succeed. */
static inline gint64 write_ok(Fixture *f, StoreOwner owner, const char *text)
{
	Sql sql = { owner, text, 0 };
	g_autoptr(GError) error = NULL;

	cr_assert(store_write_now(f->store, fixture_exec, &sql, &error), "%s: %s", text,
	          error == NULL ? "" : error->message);
	return sql.first;
}

/* One write that must be refused; returns its error. */
static inline GError *write_refused(Fixture *f, StoreOwner owner, const char *text)
{
	Sql sql = { owner, text, 0 };
	GError *error = NULL;

	cr_assert_not(store_write_now(f->store, fixture_exec, &sql, &error), "%s: accepted", text);
	cr_assert_not_null(error);
	return error;
}

/* First column of the first row, read on slot 0. */
static inline gint64 read_int(Fixture *f, StoreOwner owner, const char *sql)
{
	g_autoptr(GError) error = NULL;
	StoreConn *conn = store_read(f->store, 0, &error);
	gint64 value = 0;

	cr_assert_not_null(conn, "%s", error == NULL ? "" : error->message);
	cr_assert(store_exec(conn, owner, sql, NULL, 0, &value, &error), "%s: %s", sql,
	          error == NULL ? "" : error->message);
	return value;
}
