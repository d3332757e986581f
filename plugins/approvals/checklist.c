/* SPDX-License-Identifier: Apache-2.0
 * What the item's version asks for, and what became of each: uploaded, seen on paper, got by the body itself, not needed
 * here, open. The list is the item's own, in the version in force when the application came, which never changes; stored is
 * only what was said of a material since (table "handed"). Nobody is asked for what is not on the list (行政许可法 30, 31),
 * and nothing is taken for complete in which something is open (32). */
#include "checklist.h"
#include "items.h"

/* Got by the body itself: not asked of the applicant (国务院令第716号 6, 7). */
static bool is_agencys(const char *source)
{
	return strstr(source, "共享") != NULL || strstr(source, "内部") != NULL || strstr(source, "本机关") != NULL;
}

static struct needed needed_of(zhen_call *call, const json_t *material, int64_t seq, bool homestead)
{
	const char *necessity = item_text(material, "necessity"), *name = item_text(material, "name");
	const char *form = item_text(material, "form"), *source = item_text(material, "source");
	/* "form" is what is filled in when applying. */
	bool filled = homestead && strcmp(item_text(material, "code"), "form") == 0;
	bool optional = strstr(necessity, "非必要") != NULL;

	return (struct needed){
		.seq = seq,
		.name = zhen_format(call, "%s", name),
		.source = zhen_format(call, "%s", source),
		.unless = zhen_format(call, "%s", item_text(material, "unless")),
		.originals = item_number(material, "originals"),
		.copies = item_number(material, "copies"),
		.optional = optional,
		.waivable = optional || item_text(material, "unless")[0] != '\0' || strstr(name, "免交") != NULL,
		.deferrable = strstr(necessity, "容缺") != NULL,
		.promisable = strstr(necessity, "告知承诺") != NULL,
		.paper_only = form[0] != '\0' && strstr(form, "电子") == NULL && strstr(form, "网上") == NULL,
		.how = filled ? "form" : "",
		.agencys = is_agencys(source),
		.form = filled,
		.note = "",
		.person = "",
	};
}

struct needed *checklist_form(struct checklist *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->rows[i].form)
			return &list->rows[i];
	list->rows[list->count] = (struct needed){ .form = true, .name = APPLICATION_FORM, .source = "申请人", .unless = "",
		                                   .how = "form", .note = "", .person = "" };
	return &list->rows[list->count++];
}

static void overlay(zhen_call *call, const struct matter *matter, struct checklist *list)
{
	size_t listed = list->count;

	ZHEN_FOR_EACH (
		call, row,
		"SELECT seq, how, copies, note, upload, told, person, at FROM handed WHERE matter = $1 ORDER BY seq",
		matter->id) {
		size_t seq = (size_t)zhen_column_int(row, "seq");

		if (seq > listed)
			continue;
		struct needed *one = seq == 0 ? checklist_form(list) : &list->rows[seq - 1];
		one->how = zhen_format(call, "%s", or_empty(zhen_column_text(row, "how")));
		one->note = zhen_format(call, "%s", or_empty(zhen_column_text(row, "note")));
		one->person = zhen_format(call, "%s", or_empty(zhen_column_text(row, "person")));
		one->given = zhen_column_int(row, "copies");
		one->upload = zhen_column_int(row, "upload");
		one->told = zhen_column_int(row, "told") != 0;
		one->at = zhen_column_int(row, "at");
	}
}

/* What came before there was a list: an upload of the material's name. */
static void find_uploads(zhen_call *call, const struct matter *matter, struct checklist *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct needed *one = &list->rows[i];

		if (one->how[0] != '\0')
			continue;
		const zhen_row *row = zhen_one(
			call, "SELECT id, at FROM material WHERE matter = $1 AND title = $2 ORDER BY id DESC LIMIT 1",
			matter->id, one->name);
		if (row == NULL)
			continue;
		one->how = "file";
		one->upload = zhen_column_int(row, "id");
		one->at = zhen_column_int(row, "at");
	}
}

/* Accepted before there were lists: nothing is held against it, but what was deferred then. */
static void without_list(zhen_call *call, const struct matter *matter, struct checklist *list)
{
	const zhen_row *row = zhen_one(call, "SELECT checked FROM matter WHERE id = $1", matter->id);

	if (matter->accepted_at == 0 || zhen_column_int(row, "checked") != 0)
		return;
	for (size_t i = 0; i < list->count; i++)
		if (needed_is(&list->rows[i], ""))
			list->rows[i].how = lacking_is(call, matter->id, list->rows[i].name) ? "deferred" : "before";
}

struct checklist checklist_of(zhen_call *call, const struct matter *matter)
{
	json_auto_t *content = item_content(call, matter->item);
	const json_t *materials = item_at(content, "materials");
	bool homestead = strcmp(item_text(content, "form"), "homestead") == 0;
	struct checklist list = { .count = json_array_size(materials) };
	size_t i;
	json_t *material;

	list.rows = (struct needed *)zhen_alloc(call, (list.count + 2) * sizeof(*list.rows));
	json_array_foreach(materials, i, material)
		list.rows[i] = needed_of(call, material, (int64_t)i + 1, homestead);
	overlay(call, matter, &list);
	find_uploads(call, matter, &list);
	without_list(call, matter, &list);
	return list;
}

/* By its name, or by what stands before the bracket in it. */
struct needed *checklist_find(const struct checklist *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++) {
		const char *own = list->rows[i].name, *bracket = strstr(own, "（");
		size_t length = strlen(name);

		if (strcmp(own, name) == 0 || (list->rows[i].form && strcmp(name, APPLICATION_FORM) == 0) ||
		    (bracket != NULL && (size_t)(bracket - own) == length && strncmp(own, name, length) == 0))
			return &list->rows[i];
	}
	return NULL;
}

bool needed_is(const struct needed *one, const char *how)
{
	return strcmp(one->how, how) == 0;
}

bool needed_is_open(const struct needed *one)
{
	if (needed_is(one, "missing"))
		return true;
	if (needed_is(one, "") || needed_is(one, "bring"))
		return !one->optional && !one->agencys;
	return needed_is(one, "file") && one->paper_only;
}

bool needed_is_awaited(const struct needed *one)
{
	return one->agencys && !one->optional && needed_is(one, "");
}

bool checklist_is_open(const struct checklist *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (needed_is_open(&list->rows[i]))
			return true;
	return false;
}

void needed_set(zhen_call *call, struct needed *one, const char *how, const char *note)
{
	one->how = how;
	one->note = or_empty(note);
	one->person = zhen_get_caller(call)->name;
	one->at = zhen_now(call);
	one->changed = true;
}

/* Who applied without going to the window goes there with the papers; a station or an agent takes them there. */
static bool brings_it(zhen_call *call, const struct matter *matter)
{
	const char *channel = or_empty(
		zhen_column_text(zhen_one(call, "SELECT channel FROM matter WHERE id = $1", matter->id), "channel"));

	return strcmp(channel, "station") != 0 && strcmp(channel, "agent") != 0;
}

void checklist_store(zhen_call *call, const struct matter *matter, const struct checklist *list)
{
	bool brought = false;

	for (size_t i = 0; i < list->count; i++) {
		const struct needed *one = &list->rows[i];

		if (!one->changed)
			continue;
		zhen_run(call,
		         "INSERT INTO handed(matter, seq, how, copies, note, upload, told, person, account, at) "
		         "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) {{upsert matter seq}} how = excluded.how, "
		         "copies = excluded.copies, note = excluded.note, upload = excluded.upload, told = excluded.told, "
		         "person = excluded.person, account = excluded.account, at = excluded.at",
		         matter->id, one->seq, one->how, one->given, one->note, one->upload, one->told ? 1 : 0, one->person,
		         zhen_get_caller(call)->account, one->at);
		/* On paper, or scanned at the window and given back. */
		brought = brought || needed_is(one, "paper") || (needed_is(one, "file") && one->person[0] != '\0');
	}
	if (brought && brings_it(call, matter))
		visits_came(call, matter, "交纸质材料");
}

/* ---- what the clerk says of them ---- */

static const char *element(zhen_call *call, int32_t i, const char *field)
{
	return or_empty(zhen_value_text(call->host->list_field(call, "materials", i, field)));
}

/* What the body got by itself it says from where. */
static void fault_of_source(zhen_call *call, const struct needed *one)
{
	zhen_field_error(call, "obtained_from", "source-missing",
	                 "请写明从哪里取得“%s”：平台、系统或者单位（国务院令第716号第六条） (where was it obtained?)", one->name);
}

/* One word of the form, of a material of the list. false: the fault was said. */
static bool take_one(zhen_call *call, int32_t i, struct needed *one, const struct matter *matter)
{
	const char *how = element(call, i, "how"), *note = element(call, i, "note");
	const char *path = zhen_format(call, "materials.%d.how", i);
	const zhen_value *given = call->host->list_field(call, "materials", i, "copies");
	bool accepted = matter->accepted_at != 0, shared = strcmp(how, "shared") == 0;

	if (how[0] == '\0')
		return true;
	if (shared && note[0] == '\0')
		note = or_empty(zhen_text(call, "obtained_from"));
	if (accepted && strcmp(how, "missing") == 0 && note[0] != '\0' &&
	    lacking_unfit(call, matter, one->name, note)) {
		needed_set(call, one, "deferred", note);
		return true;
	}
	if (accepted && (strcmp(how, "missing") == 0 || strcmp(how, "deferred") == 0 || strcmp(how, "promised") == 0))
		zhen_field_error(call, path, "after-acceptance",
		                 "已经受理，“%s”不能再要求补正、容缺或承诺（行政许可法第三十二条）", one->name);
	else if (strcmp(how, "waived") == 0 && (!one->waivable || note[0] == '\0'))
		zhen_field_error(call, one->waivable ? zhen_format(call, "materials.%d.note", i) : path,
		                 one->waivable ? "reason-missing" : "not-waivable",
		                 one->waivable ? "请写明“%s”不适用的原因 (why is it not needed?)" :
		                                 "“%s”是必交材料，没有不适用的情形 (always required)",
		                 one->name);
	else if (shared && !is_agencys(one->source))
		zhen_field_error(call, path, "not-shared", "“%s”的来源是%s，不由本机关获取", one->name, one->source);
	else if (shared && note[0] == '\0')
		fault_of_source(call, one);
	else if (strcmp(how, "paper") == 0 && given->kind != ZHEN_KIND_NULL && zhen_value_int(given) < one->copies)
		zhen_field_error(call, zhen_format(call, "materials.%d.copies", i), "copies-short",
		                 "“%s”应收%lld份，只收到%lld份 (too few copies)", one->name, (long long)one->copies,
		                 (long long)zhen_value_int(given));
	else {
		one->given = given->kind != ZHEN_KIND_NULL ? zhen_value_int(given) : one->copies;
		needed_set(call, one, how, note);
		return true;
	}
	return false;
}

zhen_result checklist_take(zhen_call *call, const struct matter *matter, struct checklist *list)
{
	bool fine = true, rest = zhen_int(call, "papers") != 0, obtained = zhen_int(call, "obtained") != 0;
	const char *from = or_empty(zhen_text(call, "obtained_from"));

	for (int32_t i = 0; i < call->host->list_count(call, "materials"); i++) {
		struct needed *one = checklist_find(list, element(call, i, "material"));

		if (one != NULL) {
			fine = take_one(call, i, one, matter) && fine;
			continue;
		}
		fine = false;
		zhen_field_error(call, zhen_format(call, "materials.%d.material", i), "material-not-listed",
		                 "“%s”不在本事项的申请材料目录里 (not on the item's list of materials)",
		                 element(call, i, "material"));
	}
	for (size_t i = 0; rest && i < list->count; i++)
		if (needed_is_open(&list->rows[i]) && !list->rows[i].changed) {
			list->rows[i].given = list->rows[i].copies;
			needed_set(call, &list->rows[i], "paper", "");
		}
	for (size_t i = 0; obtained && fine && i < list->count; i++) {
		if (!needed_is_awaited(&list->rows[i]))
			continue;
		fine = from[0] != '\0';
		if (fine)
			needed_set(call, &list->rows[i], "shared", from);
		else
			fault_of_source(call, &list->rows[i]);
	}
	return fine ? 0 : zhen_invalid(call);
}

/* Where the form says something of this material; else the list itself. */
static const char *path_of(zhen_call *call, const struct checklist *list, const struct needed *one)
{
	for (int32_t i = 0; i < call->host->list_count(call, "materials"); i++)
		if (checklist_find(list, element(call, i, "material")) == one)
			return zhen_format(call, "materials.%d.how", i);
	return "materials";
}

/* 32 I (5): complete and in due form, or it is not accepted. */
zhen_result checklist_allows(zhen_call *call, const struct checklist *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct needed *one = &list->rows[i];

		if (!needed_is_open(one))
			continue;
		zhen_field_error(call, path_of(call, list, one), "material-lacking",
		                 "缺少“%s”%s：请登记怎样收到%s%s，或者一次告知补正 (material \"%s\" is lacking)", one->name,
		                 needed_is(one, "file") ? "的纸质件" : "", one->deferrable ? "、按容缺后补受理" : "",
		                 one->promisable ? "、按告知承诺受理" : "", one->name);
	}
	return checklist_is_open(list) ? zhen_invalid(call) : 0;
}

/* ---- acts that only say what came ---- */

/* The supplement is complete when all that was told is here: from then on counts the time of art. 32. */
static bool is_supplied(const struct checklist *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->rows[i].told && needed_is_open(&list->rows[i]))
			return false;
	return true;
}

const char *checklist_still_told(zhen_call *call, const struct checklist *list)
{
	const char *names = "";

	for (size_t i = 0; i < list->count; i++)
		if (list->rows[i].told && needed_is_open(&list->rows[i]))
			names = zhen_format(call, "%s%s%s", names, names[0] != '\0' ? "、" : "", list->rows[i].name);
	return names;
}

void checklist_uploaded(zhen_call *call, const struct matter *matter, const char *title, int64_t upload)
{
	struct checklist list = checklist_of(call, matter);
	struct needed *one = checklist_find(&list, title);

	if (one == NULL)
		return;
	one->upload = upload;
	needed_set(call, one, "file", "");
	checklist_store(call, matter, &list);
}

zhen_result needed_may(zhen_call *call, const struct needed *one)
{
	if (needed_is(one, "promised") && !one->promisable)
		return zhen_fail(call, ZHEN_CONFLICT, "not-by-promise", "“%s”不是本事项可以用承诺代替的证明",
		                 one->name);
	if (needed_is(one, "deferred") && !one->deferrable)
		return zhen_fail(call, ZHEN_CONFLICT, "material-not-deferrable",
		                 "“%s”不是本事项可以容缺后补的材料，缺少它应当一次告知补正", one->name);
	return 0;
}

/* What was said of materials at the window is written down; the page goes on with what is still open. */
static zhen_result handed(zhen_call *call, struct matter *matter, const struct checklist *list)
{
	const char *said = "";

	for (size_t i = 0; i < list->count; i++) {
		const struct needed *one = &list->rows[i];

		if (!one->changed)
			continue;
		if (!needed_is_open(one) && !needed_is(one, "deferred"))
			lacking_supplied(call, matter, one->name);
		said = zhen_format(call, "%s%s%s：%s", said, said[0] != '\0' ? "；" : "", one->name, needed_text(call, one));
	}
	if (said[0] == '\0')
		return zhen_fail(call, ZHEN_INVALID, "nothing-said",
		                 "请写明哪份材料、怎样收到 (say which material, and how it came)");
	checklist_store(call, matter, list);
	matter_note(call, matter, "handed_in", said);
	if (matter->state == STATE_SUPPLEMENTING && is_supplied(list))
		supplied(call, matter, "材料已在窗口补齐");
	zhen_open_list(call, "actions");
	checklist_actions(call, matter->id, approval_process.states[matter->state].name);
	zhen_close(call);
	return matter_reply(call, matter);
}

zhen_result hand_in(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_for(call, ACT_HAND_IN, &matter);

	if (refused != 0)
		return refused;
	struct checklist list = checklist_of(call, &matter);
	refused = checklist_take(call, &matter, &list);
	for (size_t i = 0; refused == 0 && i < list.count; i++) {
		const struct needed *one = &list.rows[i];

		if (!one->changed || !(needed_is(one, "promised") || needed_is(one, "deferred")))
			continue;
		refused = needed_may(call, one);
		if (refused == 0 && matter.accepted_at == 0)
			refused = credit_allows(call, &matter);
	}
	return refused != 0 ? refused : handed(call, &matter, &list);
}

/* At the window: what was brought on paper, as a file of the case. */
zhen_result scan_in(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_for(call, ACT_HAND_IN, &matter);
	const char *name = or_empty(zhen_text(call, "material"));
	bool paper = strcmp(or_empty(zhen_text(call, "how")), "paper") == 0;

	if (refused == 0)
		refused = material_check(call);
	if (refused != 0)
		return refused;
	struct checklist list = checklist_of(call, &matter);
	struct needed *one = checklist_find(&list, name);
	if (one == NULL) {
		zhen_field_error(call, "material", "material-not-listed",
		                 "“%s”不在本事项的申请材料目录里 (not on the item's list of materials)", name);
		return zhen_invalid(call);
	}
	one->upload = material_add(call, &matter, one->name);
	one->given = paper ? one->copies : 0;
	needed_set(call, one, paper ? "paper" : "file", "");
	return handed(call, &matter, &list);
}
