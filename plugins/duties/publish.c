/* SPDX-License-Identifier: Apache-2.0
 * Publication: a draft becomes a dated version that nobody changes any more, and others are told what changed. */
#include "process.h"
#include "tables.h"

struct telling {
	const struct list *list;
	int64_t told;
};

static void emit_item(zhen_call *call, const struct list *list, const char *topic, const struct item *item)
{
	zhen_emit(call, topic, "item", item->code, "township", list->township, "unit", list->unit, "name", item->name,
	          "place", item->place, "type", item->type, "lead", item->lead, "version", list->version,
	          "effective_from", list->effective_from, "at", zhen_now(call), "power", item->power, "basis", item->basis);
}

/* For others an item is theirs to know while it is the township's: one that goes to 收回 is withdrawn. */
static void tell(zhen_call *call, void *data, const char *what, const struct item *before, const struct item *after)
{
	struct telling *telling = (struct telling *)data;
	bool was = before != NULL && strcmp(before->place, "withdrawn") != 0;
	bool is = after != NULL && strcmp(after->place, "withdrawn") != 0;

	(void)what;
	if (is)
		emit_item(call, telling->list, was ? "duties.item.changed" : "duties.item.assigned", after);
	else if (was)
		emit_item(call, telling->list, "duties.item.withdrawn", after != NULL ? after : before);
	telling->told += is || was;
}

void list_count(zhen_call *call, int64_t list)
{
	zhen_run(call,
	         "UPDATE list SET basic = n.basic, assist = n.assist, withdrawn = n.withdrawn, common = n.common, "
	         "optional = n.optional, local = n.local, delegated = n.delegated, statutory = n.statutory, services = "
	         "n.services FROM (SELECT COALESCE(SUM(CASE WHEN place = 'basic' THEN 1 ELSE 0 END), 0) AS basic, "
	         "COALESCE(SUM(CASE WHEN place = 'assist' THEN 1 ELSE 0 END), 0) AS assist, "
	         "COALESCE(SUM(CASE WHEN place = 'withdrawn' THEN 1 ELSE 0 END), 0) AS withdrawn, "
	         "COALESCE(SUM(CASE WHEN origin = 'common' AND kind = 'delegated' THEN 1 ELSE 0 END), 0) AS common, "
	         "COALESCE(SUM(CASE WHEN origin = 'optional' AND kind = 'delegated' THEN 1 ELSE 0 END), 0) AS "
	         "optional, COALESCE(SUM(CASE WHEN kind = 'local' THEN 1 ELSE 0 END), 0) AS local, "
	         "COALESCE(SUM(CASE WHEN kind = 'delegated' THEN 1 ELSE 0 END), 0) AS delegated, "
	         "COALESCE(SUM(CASE WHEN kind = 'statutory' THEN 1 ELSE 0 END), 0) AS statutory, "
	         "COALESCE(SUM(CASE WHEN type = 'service' THEN 1 ELSE 0 END), 0) AS services "
	         "FROM list_item WHERE list = $1) n WHERE list.id = $1",
	         list);
}

static void move_tallies(zhen_call *call, const struct list *list, const struct list *previous)
{
	static const char *const names[] = { "basic", "assist", "withdrawn", "common", "optional", "local", "delegated",
		                             "statutory", "services" };
	static const char columns[] = "SELECT basic, assist, withdrawn, common, optional, local, delegated, statutory, services "
				      "FROM list WHERE id = $1";
	const zhen_row *now = zhen_one(call, columns, list->id), *before = zhen_one(call, columns, previous->id);

	if (list->village[0] != '\0') {
		tally_add(call, list->unit, "village_lists", 0, previous->id == 0);
		return;
	}
	tally_add(call, list->unit, "lists", 0, previous->id == 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		tally_add(call, list->unit, names[i], 0, count_of(now, names[i]) - count_of(before, names[i]));
}

void list_publish(zhen_call *call, struct list *list, const struct list *previous, const char *from)
{
	struct telling telling = { .list = list };

	list->version = previous->version + 1;
	list->effective_from = from;
	zhen_run(call,
	         "UPDATE list SET state = 'published', version = $1, effective_from = $2, published_at = $3, "
	         "published_by = $4 WHERE id = $5",
	         list->version, from, zhen_now(call), zhen_get_caller(call)->name, list->id);
	zhen_run(call, "UPDATE list SET effective_to = $1 WHERE id = $2", day_moved(call, from, -1), previous->id);
	find_published(call, list, previous);
	list_count(call, list->id);
	move_tallies(call, list, previous);
	/* Its reviews are due from now on, not from the clock's next round. */
	if (previous->id == 0 && list->village[0] == '\0') {
		zhen_enqueue(call, "watch_reviews");
		zhen_enqueue(call, "watch_years");
	}
	/* A code that leaves the list is not used again. */
	zhen_run(call,
	         "UPDATE code SET retired_at = $1 WHERE owner = $2 AND retired_at = 0 AND NOT EXISTS "
	         "(SELECT 1 FROM list_item i WHERE i.list = $3 AND i.code = code.code)",
	         zhen_now(call), list->unit, list->id);
	unit_slug(call, list->unit);
	diff_lists(call, previous->id, list->id, tell, &telling);
	const zhen_row *row = zhen_one(call, "SELECT basic, assist, withdrawn FROM list WHERE id = $1", list->id);
	zhen_emit(call, "duties.list.published", "unit", list->unit, "township", list->township, "version", list->version,
	          "effective_from", from, "basic", count_of(row, "basic"), "assist", count_of(row, "assist"),
	          "withdrawn",
	          count_of(row, "withdrawn"), "changes", telling.told, "at", zhen_now(call));
	note_change(call, list->unit, "", "published", list_name(call, list), list->version, list->round, 0);
	/* An admission's own version does not take what an open draft has changed. */
	zhen_run(call, "UPDATE item_change SET version = $1 WHERE unit = $2 AND version = 0 AND round = $3",
	         list->version, list->unit, list->round);
}

/* Every item says what its list asks of it; a community's hang on its street's. */
static zhen_result items_check(zhen_call *call, const struct list *list)
{
	ZHEN_FOR_EACH (call, row,
	               "SELECT code, upper, place, lead, duty, name FROM list_item WHERE list = $1 ORDER BY seq",
	               list->id) {
		const char *code = column_or_empty(row, "code"), *place = column_or_empty(row, "place");
		zhen_result refused = refuse(call, upper_check(call, list, column_or_empty(row, "upper"), code));

		if (refused != 0)
			return refused;
		if (strcmp(place, "basic") != 0 && column_or_empty(row, "lead")[0] == '\0')
			return zhen_fail(call, ZHEN_CONFLICT, "lead-missing", "“%s”没有写明牵头部门",
			                 column_or_empty(row, "name"));
	}
	return 0;
}

const char *version_day(zhen_call *call, const struct list *previous)
{
	return previous->id != 0 ? later_day(today(call), day_moved(call, previous->effective_from, 1)) : today(call);
}

/* 行政许可法 5, 行政处罚法 5: what was not published is no basis, so no version holds on days before everybody could read it. */
zhen_result version_day_check(zhen_call *call, const char *day, const struct list *previous)
{
	const char *now = today(call), *first = version_day(call, previous);

	if (strcmp(day, now) < 0) {
		zhen_field_error(
			call, "effective_from", "in-the-past",
			"生效日期%s早于今天%s：未经公布的规定不得作为依据（行政许可法第五条、行政处罚法第五条），清单自公布之日或之后生效 "
			"(effective_from %s is before today, %s: a list takes effect on the day it is published or later)",
			day, now, day, now);
		return zhen_fail(call, ZHEN_INVALID, "in-the-past",
		                 "清单不能从过去的日期生效 (effective_from is in the past)");
	}
	if (strcmp(day, first) >= 0)
		return 0;
	zhen_field_error(call, "effective_from", "day-taken",
	                 "第%lld版自%s起生效，每一版至少执行一天，这一版最早自%s起生效 (version %lld takes effect on %s: the next one on %s or later)",
	                 (long long)previous->version, previous->effective_from, first, (long long)previous->version,
	                 previous->effective_from, first);
	return zhen_fail(call, ZHEN_INVALID, "day-taken",
	                 "生效日期不能早于或等于上一版的生效日期 (effective_from is not after that of the version before)");
}

/* A draft made for a later day holds items of catalogues that do not hold before theirs. */
static zhen_result catalogues_check(zhen_call *call, const struct list *list, const char *day)
{
	const zhen_row *late = zhen_one(call,
	                                "SELECT c.title, c.effective_from FROM list_base b JOIN catalogue c ON c.id = b.catalogue WHERE "
	                                "b.list = $1 AND c.effective_from > $2 ORDER BY c.effective_from DESC, c.code LIMIT 1",
	                                list->id, day);

	if (late == NULL)
		return 0;
	const char *title = column_or_empty(late, "title"), *from = column_or_empty(late, "effective_from");
	zhen_field_error(call, "effective_from", "before-catalogue",
	                 "草案依据的“%s”自%s起施行，清单不能自%s起生效 (the catalogue “%s”, on which the draft rests, takes effect on %s: "
	                 "the list on that day or later)",
	                 title, from, day, title, from);
	return zhen_fail(call, ZHEN_INVALID, "before-catalogue",
	                 "清单不能早于所依据的目录生效 (effective_from is before that of a catalogue of the draft)");
}

static void count_difference(zhen_call *call, void *data, const char *what, const struct item *before,
                             const struct item *after)
{
	(void)call, (void)what, (void)before, (void)after;
	++*(int64_t *)data;
}

/* A version is a change of the list: one like the one before it would only blur from when on what holds. */
static zhen_result difference_check(zhen_call *call, const struct list *list, const struct list *previous)
{
	int64_t differences = 0;

	if (previous->id == 0)
		return 0;
	diff_lists(call, previous->id, list->id, count_difference, &differences);
	if (differences > 0)
		return 0;
	return zhen_fail(call, ZHEN_CONFLICT, "nothing-changed",
	                 "与第%lld版没有差异，不另公布；不需要的草案请作废 (nothing differs from version %lld: change the draft or discard it)",
	                 (long long)previous->version, (long long)previous->version);
}

zhen_result publish_list(zhen_call *call)
{
	struct list list, previous = { 0 };
	zhen_result refused = list_for(call, LIST_PUBLISH, &list);

	if (refused != 0)
		return refused;
	list_newest(call, list.unit, &previous);
	/* The day the draft was meant for may be over by now, or taken. */
	const char *from = zhen_has(call, "effective_from") ? field_text(call, "effective_from") :
	                                                      later_day(list.effective_from, version_day(call, &previous));
	refused = version_day_check(call, from, &previous);
	if (refused == 0)
		refused = catalogues_check(call, &list, from);
	if (refused != 0)
		return refused;
	if (zhen_one(call, "SELECT code FROM list_item WHERE list = $1 LIMIT 1", list.id) == NULL)
		return zhen_fail(call, ZHEN_CONFLICT, "list-empty", "清单内没有事项");
	refused = optional_check(call, &list);
	if (refused == 0)
		refused = items_check(call, &list);
	if (refused == 0)
		refused = difference_check(call, &list, &previous);
	if (refused == 0)
		refused = changes_check(call, &list, &previous);
	if (refused != 0)
		return refused;
	list_publish(call, &list, &previous, from);
	zhen_put(call, "id", list.id);
	zhen_put(call, "version", list.version);
	zhen_put(call, "state", "published");
	zhen_put(call, "effective_from", from);
	zhen_put(call, "public_path", zhen_format(call, "/p/duties/q/%s", unit_slug(call, list.unit)));
	return zhen_ok(call);
}
