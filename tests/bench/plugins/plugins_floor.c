/* SPDX-License-Identifier: Apache-2.0
 * The least that a host of plugins must do before it is ready: load each file, open each database and look into it.
 * plugins_floor PLUGIN.so DATA.db ... */
#include <dlfcn.h>
#include <sqlite3.h>
#include <stdio.h>

static int open_one(const char *file, const char *database)
{
	void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	sqlite3 *db = NULL;

	if (handle == NULL || dlsym(handle, "zhen_plugin_entry") == NULL)
		return fprintf(stderr, "%s\n", dlerror());
	if (sqlite3_open_v2(database, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) !=
	            SQLITE_OK ||
	    sqlite3_exec(db, "PRAGMA journal_mode=WAL; SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL) !=
	            SQLITE_OK)
		return fprintf(stderr, "%s: %s\n", database, sqlite3_errmsg(db));
	return 0; /* left open, as a host does */
}

int main(int argc, char **argv)
{
	for (int i = 1; i + 1 < argc; i += 2)
		if (open_one(argv[i], argv[i + 1]) != 0)
			return 1;
	puts("ready");
	return 0;
}
