/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "access/access.h"
#include "access/pilots.h"
#include "daemon/settings.h"

const ConfKey host_conf_keys[] = {
	{ "host", "address", CONF_TEXT, "127.0.0.1", 0, 0, NULL, FALSE, "Address to listen on; demo mode only on loopback." },
	{ "host", "port", CONF_INT, "8080", 0, 65535, NULL, FALSE, "TCP port; 0 = any free one." },
	{ "host", "base_url", CONF_TEXT, "", 0, 0, NULL, FALSE, "Public address printed in documents; empty = http://address:port." },
	{ "host", "metrics_public", CONF_BOOL, "no", 0, 0, NULL, TRUE, "Anybody may read /kernel/metrics; otherwise this machine alone, and nobody through a proxy." },
	{ "host", "proxies", CONF_LIST, "", 0, 0, NULL, FALSE, "Addresses of reverse proxies: their X-Forwarded-For says who asks. Without it all clients behind a proxy share its limits." },
	{ "host", "title", CONF_TEXT, "镇务平台", 0, 0, NULL, FALSE, "Name of the site, shown on every page." },
	{ "host", "demo", CONF_BOOL, "no", 0, 0, NULL, FALSE, "Demo mode: demo accounts, a clock that can be turned, a banner on every page." },
	{ "host", "pilot", CONF_TEXT, "", 0, 0, NULL, FALSE, "The one [pilot NAME] to run, with those that belong to it; empty = all of them." },
	{ "host", "data", CONF_PATH, "/var/lib/zhen", 0, 0, NULL, FALSE, "Folder of databases, files, keys and anchors." },
	{ "host", "sm2_key", CONF_PATH, "", 0, 0, NULL, FALSE, "SM2 private key (PEM, mode 0600) that documents are signed with; empty = keys/sm2.key in the data folder, if zhenctl key new made it." },
	{ "host", "sm2_certificate", CONF_PATH, "", 0, 0, NULL, FALSE, "Certificate (PEM) of that key; empty = the bare public key is shown." },
	{ "host", "plugin_dir", CONF_PATH, "", 0, 0, NULL, FALSE, "Folder with <id>/<id>.so of each plugin; empty = the installed one." },
	{ "host", "allow_unsigned", CONF_BOOL, "no", 0, 0, NULL, FALSE, "Plugins without a signature may run; demo mode says yes. Nothing is signed yet." },
	{ "host", "worker", CONF_PATH, "", 0, 0, NULL, FALSE, "The zhen-worker program; empty = the installed one." },
	{ "host", "divisions", CONF_LIST, "", 0, 0, NULL, FALSE, "CSV files of divisions, relative to this file." },
	{ "host", "bodies", CONF_LIST, NULL, 0, 0, NULL, FALSE, "CSV files of bodies (单位), relative to this file." },
	{ "host", "isolation", CONF_CHOICE, "inproc", 0, 0, "inproc|process", FALSE, "Home of plugins that do not say: this process, or a worker each." },
	{ "host", "pool_threads", CONF_INT, "2", 1, 64, NULL, FALSE, "Threads for slow reads and prepare steps." },
	{ "host", "writers", CONF_INT, "2", 1, 64, NULL, FALSE, "Threads that write, shared by all databases." },
	{ "host", "log_level", CONF_CHOICE, "info", 0, 0, "error|warn|notice|info|debug", TRUE, "Least severe level that is logged." },
	{ "host", "backup_dir", CONF_PATH, "", 0, 0, NULL, FALSE, "Folder that zhenctl backup and /kernel/admin back up to when none is named; empty = one must be named." },
	{ "host", "access_log", CONF_TEXT, "", 0, 0, NULL, FALSE, "File of the access log; empty = access.log in the data folder; - = stderr." },
	{ "host", "restarts", CONF_INT, "10", 0, 1000, NULL, FALSE, "Times that a host which ended unasked is started again within restart_window; then zhend gives up (exit code 69)." },
	{ "host", "restart_window", CONF_MS, "10m", 1000, 86400000, NULL, FALSE, "See restarts." },
	{ "host", "restart_after", CONF_MS, "100ms", 1, 30000, NULL, FALSE, "The first restart is at once, the second after this; doubled up to 30 s." },
	{ "host", "crashes", CONF_INT, "5", 0, 1000, NULL, FALSE, "A plugin whose code ended the host so often within crash_window is left out, unless it is critical; 0 = never." },
	{ "host", "crash_window", CONF_MS, "10m", 1000, 2592000000, NULL, FALSE, "See crashes." },
	{ "host", "backup_pause", CONF_MS, "5s", 100, 60000, NULL, TRUE, "How long a backup waits for the calls that are writing; longer: no backup." },
	{ "host", "stop_grace", CONF_MS, "10s", 0, 600000, NULL, TRUE, "How long calls under way may take to finish at stop." },
	{ "host", "keep_events_days", CONF_INT, "400", 0, 36500, NULL, FALSE, "Days that events stay in a plugin's database before they move to its archive of that year; 0 = they stay." },
	{ "limits", "header_bytes", CONF_SIZE, "16K", 1024, 1048576, NULL, FALSE, "Largest request header; above: 431." },
	{ "limits", "body_bytes", CONF_SIZE, "1M", 1024, 67108864, NULL, FALSE, "Largest request body other than uploads; above: 413." },
	{ "limits", "upload_bytes", CONF_SIZE, "20M", 1024, G_GINT64_CONSTANT(4294967296), NULL, FALSE, "Largest uploaded file." },
	{ "limits", "uploads_per_ticket", CONF_INT, "20", 1, 1000, NULL, FALSE, "Files one upload ticket may bring." },
	{ "limits", "upload_bytes_per_address", CONF_SIZE, "200M", 1024, G_GINT64_CONSTANT(1099511627776), NULL, FALSE, "Bytes one address may upload in an hour." },
	{ "limits", "anonymous_writes_per_minute", CONF_INT, "30", 0, 1000000, NULL, FALSE, "What one address may file or order a minute without an account; more: 429. 0 = no limit." },
	{ "limits", "anonymous_writes_per_hour", CONF_INT, "300", 0, 10000000, NULL, FALSE, "And an hour." },
	{ "limits", "wrong_codes_per_minute", CONF_INT, "10", 0, 1000000, NULL, FALSE, "Wrong numbers or query codes of one address a minute; then it is answered 429. 0 = no limit." },
	{ "limits", "connections", CONF_INT, "10000", 1, 1000000, NULL, FALSE, "Open connections; more are refused." },
	{ "limits", "connections_per_address", CONF_INT, "0", 0, 1000000, NULL, FALSE, "The same per address; 0 = no limit (behind a proxy)." },
	{ "limits", "header_time", CONF_MS, "10s", 100, 600000, NULL, FALSE, "A request's header must be there by then." },
	{ "limits", "body_time", CONF_MS, "60s", 100, 3600000, NULL, FALSE, "And its body." },
	{ "limits", "idle_time", CONF_MS, "75s", 100, 3600000, NULL, FALSE, "Keep-alive without a request." },
	{ "limits", "call_time", CONF_MS, "30s", 100, 600000, NULL, FALSE, "A call not answered by then is answered 503." },
	{ "limits", "handler_time", CONF_MS, "60s", 0, 3600000, NULL, FALSE, "A handler that does not come back by then ends its process (host or worker), which is started again; 0 = no limit." },
	{ "limits", "prepare_time", CONF_MS, "10m", 0, 86400000, NULL, FALSE, "The same of a prepare step." },
	{ "limits", "streams", CONF_INT, "1000", 1, 1000000, NULL, FALSE, "Browsers and programs that follow events at once; more: 503." },
	{ "limits", "streams_per_account", CONF_INT, "8", 1, 1000000, NULL, FALSE, "The same per account." },
	{ "limits", "streams_per_address", CONF_INT, "0", 0, 1000000, NULL, FALSE, "The same per address; 0 = no limit (behind a proxy)." },
	{ "limits", "stream_heartbeat", CONF_MS, "15s", 10, 3600000, NULL, TRUE, "How often who follows events hears that the host is there, and is looked at again." },
	{ "limits", "page_rows", CONF_INT, "200", 1, 1000, NULL, FALSE, "Most rows of one page of a list." },
	{ "limits", "idempotency_time", CONF_MS, "72h", 60000, 2592000000, NULL, FALSE, "How long the answer to an Idempotency-Key is kept." },
	{ "limits", "idempotency_keys", CONF_INT, "10000", 1, 10000000, NULL, FALSE, "Such answers kept per account." },
	{ "limits", "worker_calls", CONF_INT, "1024", 1, 65536, NULL, FALSE, "Calls under way in one worker; more: 503." },
	{ "limits", "swap_hold", CONF_MS, "500ms", 1, 60000, NULL, TRUE, "Calls of a plugin may wait so long for the migrations of its next version; one that takes longer is refused by zhenctl swap." },
	{ "limits", "swap_copy", CONF_SIZE, "4G", 1048576, G_GINT64_CONSTANT(1099511627776), NULL, TRUE, "Largest database that zhenctl swap and contract copy, to try on the copy first; a plugin with a larger one is changed by a restart." },
	{ "limits", "swap_wait", CONF_MS, "500ms", 1, 60000, NULL, TRUE, "zhenctl swap lets calls of a plugin wait so long for those under way to end; then the version that runs goes on." },
	{ "limits", "worker_start", CONF_MS, "30s", 100, 3600000, NULL, FALSE, "A worker must be ready by then; else its plugin is left out." },
	{ "store", "quota", CONF_SIZE, "0", 0, 0, NULL, FALSE, "Largest database of one plugin; 0 = the disk." },
	{ "store", "batch", CONF_INT, "512", 1, 4096, NULL, FALSE, "Calls committed together at most." },
	{ "store", "queue", CONF_INT, "2048", 1, 65536, NULL, FALSE, "Writing calls waiting per plugin; more: 503." },
	{ "store", "wal_limit", CONF_SIZE, "256M", 1048576, G_GINT64_CONSTANT(17179869184), NULL, FALSE, "WAL size past which the writer resets it." },
	{ "store", "mmap", CONF_SIZE, "8G", 0, G_GINT64_CONSTANT(1099511627776), NULL, FALSE, "Bytes of a database mapped for reading." },
	{ "store", "cache", CONF_SIZE, "8M", 65536, G_GINT64_CONSTANT(4294967296), NULL, FALSE, "Page cache of one connection." },
	{ "store", "read_steps", CONF_INT, "200", 1, 1000000, NULL, FALSE, "Budget of a read on the loop, in 1,000 database steps; past it the pool runs it." },
	{ "bus", "batch", CONF_INT, "512", 1, 4096, NULL, FALSE, "Events handed to a subscriber together at most, one transaction." },
	{ "bus", "batch_bytes", CONF_SIZE, "4M", 65536, 16777216, NULL, FALSE, "And their bytes, about." },
	{ "bus", "backoff", CONF_MS, "100ms", 1, 60000, NULL, FALSE, "First wait for a subscriber that cannot take events or a log that cannot be read; doubled up to a minute." },
	{ "bus", "turn", CONF_MS, "20ms", 1, 10000, NULL, FALSE, "How long the handlers of one delivery may run before other writes of their plugin have their turn." },
	{ "bus", "tries", CONF_INT, "10", 1, 100, NULL, FALSE, "Times an event that fails is tried; then it waits for zhenctl events retry or drop." },
	{ "bus", "retry_after", CONF_MS, "1s", 1, 3600000, NULL, FALSE, "Wait before its second try; doubled up to an hour." },
	{ "bus", "parked", CONF_INT, "100000", 1, 10000000, NULL, FALSE, "Events set aside per plugin; with more its deliveries wait." },
	{ "bus", "parked_per_publisher", CONF_INT, "50000", 1, 10000000, NULL, FALSE, "The same of one publisher; with more the deliveries from it wait, those from others go on." },
	{ "bus", "parked_per_subject", CONF_INT, "1000", 1, 10000000, NULL, FALSE, "The same of one subject of one publisher: what comes later of it waits in the publisher's log, which /kernel/health names, and other subjects go on." },
	{ 0 },
};

const ConfKey host_plugin_keys[] = {
	{ NULL, "isolation", CONF_CHOICE, "", 0, 0, "|inproc|process", FALSE, "Home of this plugin: this process, or a worker; empty = as [host] says." },
	{ NULL, "critical", CONF_BOOL, "no", 0, 0, NULL, FALSE, "The host does not run without this plugin: it is never left out." },
	{ 0 },
};

static void add_keys(GArray *keys, const ConfKey *rows)
{
	for (; rows->group != NULL; rows++)
		g_array_append_val(keys, *rows);
}

static ConfType conf_type_of(const zhen_setting *row)
{
	if ((row->flags & ZHEN_CONTENT) != 0)
		return CONF_PATH;
	return row->type == ZHEN_INT || row->type == ZHEN_MONEY ? CONF_INT :
	       row->type == ZHEN_BOOL                          ? CONF_BOOL :
	                                                         CONF_TEXT;
}

static void add_plugin_keys(GArray *keys, const Plugin *plugin)
{
	g_autofree char *pattern = g_strconcat(plugin->id, " @*", NULL);
	const char *in_division = g_intern_string(pattern);

	for (const ConfKey *own = host_plugin_keys; own->key != NULL; own++) {
		ConfKey key = *own;

		key.group = plugin->id;
		g_array_append_val(keys, key);
	}
	for (guint i = 0; i < plugin->n_settings; i++) {
		const zhen_setting *row = &plugin->settings[i];
		ConfKey key = { .group = plugin->id, .key = row->key, .type = conf_type_of(row), .def = row->def,
			        .min = row->min, .max = row->max, .live = (row->flags & ZHEN_RESTART) == 0,
			        .help = row->help };

		if (key.type == CONF_TEXT)
			key.min = key.max = 0; /* of characters, checked with the plugin's table */
		g_array_append_val(keys, key);
		/* Those that hold everywhere too, so that who sets one for a division is told why that is wrong. */
		key.group = in_division;
		if (key.def == NULL) {
			key.type = CONF_TEXT;
			key.def = "";
		}
		g_array_append_val(keys, key);
	}
}

static void override(Conf *conf, const Overrides *over)
{
	if (over->pilot != NULL)
		conf_override(conf, "host", "pilot", over->pilot);
	if (over->data != NULL)
		conf_override(conf, "host", "data", over->data);
	if (over->port != NULL)
		conf_override(conf, "host", "port", over->port);
	if (over->demo)
		conf_override(conf, "host", "demo", "yes");
}

static Conf *load(const char *path, const Overrides *over, GArray *keys, Faults *faults)
{
	ConfKey end = { 0 };
	Conf *conf;

	g_array_append_val(keys, end);
	conf = conf_load_all(path, (const ConfKey *)(void *)keys->data, faults);
	if (conf != NULL) {
		override(conf, over);
		conf_check_all(conf, faults);
	}
	return conf;
}

Conf *host_conf_first(const char *path, const Overrides *over, Faults *faults)
{
	g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(ConfKey));
	ConfKey any = { "*", "*", CONF_TEXT, "", 0, 0, NULL, FALSE, "" };

	add_keys(keys, host_conf_keys);
	add_keys(keys, pilots_conf_keys);
	g_array_append_val(keys, any);
	return load(path, over, keys, faults);
}

/* One file serves all pilots: settings of a plugin that only another pilot runs are not wrong here, and not checked; nor are
 * those of one whose note cannot be read. */
static void add_absent_plugins(GArray *keys, const Conf *first, const GPtrArray *plugins)
{
	g_auto(GStrv) pilots = conf_groups(first, "pilot ");
	g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < plugins->len; i++)
		g_hash_table_add(known, (gpointer)((const Plugin *)plugins->pdata[i])->id);
	for (guint i = 0; pilots[i] != NULL; i++) {
		g_autofree char *group = g_strconcat("pilot ", pilots[i], NULL);
		g_auto(GStrv) ids = conf_list(first, group, "plugins");

		for (guint j = 0; ids[j] != NULL; j++) {
			ConfKey any = { g_intern_string(ids[j]), "*", CONF_TEXT, "", 0, 0, NULL, FALSE, "" };

			if (!g_hash_table_add(known, (gpointer)any.group))
				continue;
			g_array_append_val(keys, any);
			g_autofree char *pattern = g_strconcat(ids[j], " @*", NULL);
			any.group = g_intern_string(pattern);
			g_array_append_val(keys, any);
		}
	}
}

Conf *host_conf_load_all(const char *path, const Overrides *over, const GPtrArray *plugins, Faults *faults)
{
	g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(ConfKey));
	g_autoptr(Faults) again = faults_new();
	g_autoptr(Conf) first = host_conf_first(path, over, again);

	if (first == NULL) {
		faults_move(faults, again, NULL);
		return NULL;
	}
	add_keys(keys, host_conf_keys);
	add_keys(keys, access_conf_keys);
	add_keys(keys, pilots_conf_keys);
	add_absent_plugins(keys, first, plugins);
	for (guint i = 0; i < plugins->len; i++)
		add_plugin_keys(keys, plugins->pdata[i]);
	return load(path, over, keys, faults);
}

Conf *host_conf_load(const char *path, const Overrides *over, const GPtrArray *plugins, GError **error)
{
	g_autoptr(Faults) faults = faults_new();
	g_autoptr(Conf) conf = host_conf_load_all(path, over, plugins, faults);

	return faults_none(faults, error) ? g_steal_pointer(&conf) : NULL;
}

/* Of a pilot that does not run: its settings are there, its divisions are not. */
static gboolean is_of_another_pilot(const Conf *conf, const char *code)
{
	const char *only = conf_text(conf, "host", "pilot");
	g_auto(GStrv) pilots = conf_groups(conf, "pilot ");

	for (guint i = 0; pilots[i] != NULL; i++) {
		g_autofree char *group = g_strconcat("pilot ", pilots[i], NULL);
		g_auto(GStrv) codes = conf_list(conf, group, "divisions");

		for (guint j = 0; !pilots_runs(conf, pilots[i], only) && codes[j] != NULL; j++)
			if (switches_covers(codes[j], code))
				return TRUE;
	}
	return FALSE;
}

void host_conf_check_divisions(const Conf *conf, const GPtrArray *plugins, const Divisions *divisions, Faults *faults)
{
	for (guint i = 0; i < plugins->len; i++) {
		g_autofree char *prefix = g_strconcat(((const Plugin *)plugins->pdata[i])->id, " @", NULL);
		g_auto(GStrv) codes = conf_groups(conf, prefix);

		for (guint j = 0; codes[j] != NULL; j++) {
			g_autofree char *group = g_strconcat(prefix, codes[j], NULL);
			g_autofree char *where = conf_where_group(conf, group);
			g_autofree char *before = g_strconcat("[", prefix, NULL), *after = NULL;
			g_auto(Meant) meant = { 0 };
			const Division *near;

			if (divisions_find_short(divisions, codes[j]) != NULL || is_of_another_pilot(conf, codes[j]))
				continue;
			near = divisions_nearest(divisions, codes[j]);
			after = near != NULL ? g_strdup_printf("] (%s)", near->name) : NULL;
			meant = meant_new(before, near != NULL ? near->code : NULL, after);
			faults_add(faults, ERROR_INVALID, "%s: [%s] 没有此区划%s(names an unknown division%s)", where,
			           group, meant.chinese, meant.english);
		}
	}
}

/* So a tree can be moved as a whole. */
char *host_conf_place(const Conf *conf, const char *key, const char *built, const char *installed)
{
	g_autofree char *said = conf_path(conf, "host", key);
	g_autofree char *self = NULL, *bin = NULL, *above = NULL, *path = NULL;

	if (said != NULL && said[0] != '\0')
		return g_steal_pointer(&said);
	self = g_file_read_link("/proc/self/exe", NULL);
	bin = g_path_get_dirname(self != NULL ? self : "/usr/bin/zhend");
	above = g_path_get_dirname(bin);
	path = g_build_filename(above, built, NULL);
	return g_file_test(path, G_FILE_TEST_EXISTS) ? g_steal_pointer(&path) : g_build_filename(above, installed, NULL);
}

gboolean host_conf_wants_worker(const Conf *conf, const char *plugin)
{
	const char *own = conf_text(conf, plugin, "isolation"), *all = conf_text(conf, "host", "isolation");

	return g_strcmp0(own != NULL && own[0] != '\0' ? own : all, "process") == 0;
}

GArray *host_conf_own_keys(void)
{
	GArray *keys = g_array_new(TRUE, TRUE, sizeof(ConfKey));

	add_keys(keys, host_conf_keys);
	add_keys(keys, access_conf_keys);
	add_keys(keys, pilots_conf_keys);
	return keys;
}

char *host_conf_describe(void)
{
	g_autoptr(GArray) keys = host_conf_own_keys();

	return conf_describe((const ConfKey *)(void *)keys->data);
}

char *host_conf_man(const char *path)
{
	g_autoptr(GArray) keys = host_conf_own_keys();
	g_autofree char *rows = conf_man((const ConfKey *)(void *)keys->data);

	return g_strconcat(".\\\" SPDX-License-Identifier: Apache-2.0\n.TH ZHEND.CONF 5 \"\" \"Zhen\"\n.SH NAME\n"
	                   "zhend.conf \\- zhend 的配置 (configuration of zhend)\n.SH SYNOPSIS\n\\fI",
	                   path,
	                   "\\fR\n.SH DESCRIPTION\nGroups in brackets, and keys with their values. [include] files= names further files by "
	                   "pattern, relative to this one; each key may be set once. A key that does not exist, or a value out of "
	                   "its range, is refused with file, line and the nearest that does. \\fBzhenctl check\\fR says all that is "
	                   "wrong. \\fBzhenctl reload\\fR applies roles, pilots, settings of plugins and the keys marked live; the "
	                   "others wait for a restart.\n.PP\nA plugin's own settings stand in a group of its name, [PLUGIN], and "
	                   "[PLUGIN @532327] says them for a division and all below; \\fBzhenctl settings\\fR shows them with the "
	                   "line that sets each. Two keys are the host's in any such group: isolation (inproc or process) and critical "
	                   "(yes: the host does not start without the plugin). A key with a ? behind its name (meals? = 5) is for another version, "
	                   "one to be swapped in: it is passed over where no such key exists.\n.PP\nSizes end in K, M or G, times in ms, s, m or h, "
	                   "lists are parted by semicolons.\n.SH KEYS\n",
	                   rows, ".SH SEE ALSO\n\\fBzhend\\fR(8), \\fBzhenctl\\fR(1)\n", NULL);
}

StoreOptions host_store_options(const Conf *conf, const char *dir, const char *name)
{
	return (StoreOptions){
		.dir = dir,
		.name = name,
		.quota_bytes = conf_int(conf, "store", "quota"),
		.batch_max = (guint)conf_int(conf, "store", "batch"),
		.queue_max = (guint)conf_int(conf, "store", "queue"),
		.wal_limit = conf_int(conf, "store", "wal_limit"),
		.mmap_bytes = conf_int(conf, "store", "mmap"),
		.cache_kib = conf_int(conf, "store", "cache") / 1024,
		.read_steps = (guint)conf_int(conf, "store", "read_steps"),
	};
}
