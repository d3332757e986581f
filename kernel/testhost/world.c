/* SPDX-License-Identifier: Apache-2.0 */
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include "testhost/world.h"

#define POOL_THREADS 2

static const char made_up_divisions[] =
	"code,name,level,parent\n"
	"990000000000,示例省,province,\n"
	"990100000000,示例市,prefecture,990000000000\n"
	"990101000000,示例县,county,990100000000\n"
	"990101101000,东镇,township,990101000000\n"
	"990101101001,东一村村民委员会,village,990101101000\n"
	"990101101002,东二村村民委员会,village,990101101000\n"
	"990101102000,西镇,township,990101000000\n"
	"990101102001,西一村村民委员会,village,990101102000\n";

static const char made_up_bodies[] =
	"id,kind,name,division,superior\n"
	"prefecture-{code},prefecture,{name}人民政府,*prefecture,\n"
	"county-{code},county,{name}人民政府,*county,\n"
	"county-agriculture-{code},county-agriculture,{name}农业农村局,*county,\n"
	"county-planning-{code},county-planning,{name}自然资源局,*county,\n"
	"government-{code},government,{name}人民政府,*township,\n"
	"window-{code},window,{name}便民服务中心,*township,\n"
	"agriculture-{code},agriculture,{name}农业农村办公室,*township,\n"
	"planning-{code},planning,{name}自然资源和规划办公室,*township,\n"
	"village-{code},village,{name},*village,\n";

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *ftw)
{
	(void)info;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void account_clear(void *data)
{
	CallAccount *account = data;

	g_free((char *)account->account);
	g_free((char *)account->name);
	g_free((char *)account->body);
}

static char *given_or_made(const char *given, const char *dir, const char *name, const char *text, GError **error)
{
	g_autofree char *path = NULL;

	if (given != NULL)
		return g_strdup(given);
	path = g_build_filename(dir, name, NULL);
	return g_file_set_contents(path, text, -1, error) ? g_steal_pointer(&path) : NULL;
}

static gboolean load_places(World *world, GError **error)
{
	g_auto(GStrv) paths = g_strsplit(world->divisions_csv, ":", -1);
	const char *bodies[] = { world->bodies_csv, NULL };

	world->divisions = divisions_load((const char *const *)paths, error);
	if (world->divisions == NULL)
		return FALSE;
	world->bodies = bodies_load(bodies, world->divisions, error);
	return world->bodies != NULL;
}

/* Of tests alone: signs nothing that anybody is to trust. */
static const char sm2_secret[] =
		"-----BEGIN PRIVATE KEY-----\n"
		"MIGHAgEAMBMGByqGSM49AgEGCCqBHM9VAYItBG0wawIBAQQgwZBdTOakXfi3BDyw\n"
		"SWays077LTezZROR9izCsOk/AouhRANCAATAs8rCdB1hOSi7CsoNht0H/sBxWL0O\n"
		"0tsWFVt0gDgLHPovno12K5ozBMEenCFblSy/8yuBwvYvxfzUGUn+yYjO\n"
		"-----END PRIVATE KEY-----\n";
static const char sm2_public[] =
		"-----BEGIN PUBLIC KEY-----\n"
		"MFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAEwLPKwnQdYTkouwrKDYbdB/7AcVi9\n"
		"DtLbFhVbdIA4Cxz6L56NdiuaMwTBHpwhW5Usv/MrgcL2L8X81BlJ/smIzg==\n"
		"-----END PUBLIC KEY-----\n";

World *world_new(const char *divisions, const char *bodies, GError **error)
{
	/* Fixed keys: two runs of one test print the same digests. */
	static const guint8 secret[KEY_SIZE] = "zhen test host, secret key only";
	static const guint8 seed[KEY_SIZE] = "zhen test host, signing seed !!";
	g_autoptr(World) world = g_new0(World, 1);
	StoreHostOptions options = { .writers = 2, .readers = 1 + POOL_THREADS + 1, .sql_log = g_getenv("ZHEN_SQL_LOG") };

	world->accounts = g_array_new(FALSE, FALSE, sizeof(CallAccount));
	g_array_set_clear_func(world->accounts, account_clear);
	world->dir = g_dir_make_tmp("zhen-test-XXXXXX", error);
	if (world->dir == NULL)
		return NULL;
	world->anchors = g_build_filename(world->dir, "anchors", NULL);
	g_mkdir_with_parents(world->anchors, 0700);
	world->divisions_csv = given_or_made(divisions, world->dir, "divisions.csv", made_up_divisions, error);
	world->bodies_csv = given_or_made(bodies, world->dir, "bodies.csv", made_up_bodies, error);
	if (world->divisions_csv == NULL || world->bodies_csv == NULL || !load_places(world, error))
		return NULL;
	world->keys = keys_from(secret, seed);
	world->sm2 = sm2_from(sm2_secret, sm2_public, error);
	if (world->sm2 == NULL)
		return NULL;
	world->stores = store_host_new(&options, error);
	if (world->stores == NULL)
		return NULL;
	world->env = (RuntimeEnv){
		.stores = world->stores,
		.divisions = world->divisions,
		.bodies = world->bodies,
		.keys = world->keys,
		.sm2 = world->sm2,
		.readers = options.readers,
		.loops = 1,
		.idempotency_ms = 72 * 3600 * G_GINT64_CONSTANT(1000),
		.idempotency_max = 10000,
		.anchors_dir = world->anchors,
		.base_url = "http://127.0.0.1:8080",
	};
	return g_steal_pointer(&world);
}

void world_account(World *world, const char *id, const char *name, const char *body, guint64 permissions)
{
	const Body *known = bodies_find(world->bodies, body);
	const CallAccount account = { g_strdup(id), g_strdup(name), g_strdup(body),
		                      known != NULL ? known->division->code : "", permissions };

	g_array_append_val(world->accounts, account);
}

void world_free(World *world)
{
	if (world == NULL)
		return;
	store_host_free(world->stores);
	bodies_free(world->bodies);
	divisions_free(world->divisions);
	keys_free(world->keys);
	sm2_free(world->sm2);
	if (world->accounts != NULL)
		g_array_unref(world->accounts);
	if (world->dir != NULL)
		nftw(world->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	g_free(world->divisions_csv);
	g_free(world->bodies_csv);
	g_free(world->anchors);
	g_free(world->dir);
	g_free(world);
}
