/* SPDX-License-Identifier: Apache-2.0
 * What the files of this plugin share. A catalogue (目录) comes from above and has versions; a list (清单) is one
 * unit's,
 * has versions too, and inherits from the catalogues that apply to the unit. A unit is a township, a street, a
 * village or
 * a community. Which list is in force on a day: the last version published whose first day is not after it. */
#ifndef DUTIES_H
#define DUTIES_H

#include <string.h>
#include <zhen/casework.h>
#include <zhen/zhen.h>

#define FOREVER "" /* effective_to of what is still in force */
#define CODE_MAX 40
#define NAME_MAX_CHARACTERS 120

#define PLACE_CHOICES "basic=基本权责|assist=配合权责|withdrawn=收回上级部门"
/* 行政权力 by its kind, as lists of powers are kept; what is no such power (巡查、上报) says so. */
#define POWER_CHOICES                                                                                       \
	"license=行政许可|penalty=行政处罚|coercion=行政强制|levy=行政征收、征用|payment=行政给付|"        \
	"inspection=行政检查|confirmation=行政确认|reward=行政奖励|ruling=行政裁决|filing=行政备案|"       \
	"other=其他行政权力|none=不是行政权力"
#define TYPE_CHOICES "power=权责|service=公共服务"
#define LEVEL_CHOICES "national=国家|province=省|prefecture=州（市）|county=县（市、区）|local=本级"
#define ORIGIN_CHOICES "common=共性|optional=可选|local=本地增加"
#define RESPONSIBLE_CHOICES "township=乡镇|county=县级部门|joint=县乡共同"
#define KIND_CHOICES "statutory=乡镇行政职权|delegated=县级赋权|guidance=职责指导目录|service=公共服务事项|village=村（社区）职责"
#define UNIT_KIND_CHOICES "any=乡镇和街道|township=乡镇|street=街道|community=村（社区）"

/* One item as a row of a file has it: what a catalogue offers and what a list holds. Texts are never NULL. */
struct item {
	const char *code, *name, *type, *level, *basis, *origin, *place, *category, *lead, *duty, *county_duty,
		*responsible, *upper, *power;
	int64_t batch;
	int64_t line; /* of the file, 0 = none */
};

/* One version of a unit's list. */
struct list {
	int64_t id, version, round;
	const char *unit, *township, *village, *state, *effective_from;
};

/* Why something may not be; code NULL = it may. */
struct refusal {
	const char *code, *text;
};

/* ---- common.c ---- */

/* 409 with the reason; 0 = there is none. */
zhen_result refuse(zhen_call *call, struct refusal why);
/* Formats a reason; @code as in zhen_fail. */
__attribute__((format(printf, 3, 4))) struct refusal because(zhen_call *call, const char *code, const char *format,
                                                             ...);

const char *or_empty(const char *text);
const char *field_text(zhen_call *call, const char *name); /* never NULL */
const char *today(zhen_call *call);
const char *day_moved(zhen_call *call, const char *day, int32_t days);
const char *later_day(const char *a, const char *b);
/* The day of field @name, or today. */
const char *day_or_today(zhen_call *call, const char *name);
/* "township", "street", "community"; "" for what has no list. */
const char *unit_kind(zhen_call *call, const char *unit);
/* The township of a unit: itself, or the one above a village. */
const char *township_of(zhen_call *call, const char *unit);
const char *division_name(zhen_call *call, const char *code);
/* "532327" of "532327000000": what all codes at and below it begin with; "" = an unknown one. */
const char *code_prefix(zhen_call *call, const char *code);
/* "532327999999": no code at or below it is greater. */
const char *last_below(zhen_call *call, const char *code);
/* What happens there is the caller's matter: it lies at, below or above the caller's own place. Names of who did it are for these. */
bool concerns_caller(zhen_call *call, const char *division);
/* By level, 1 to 5: the division itself and those it lies in; "" for levels that it has not. */
void line_up(zhen_call *call, const char *unit, const char *out[6]);
/* What a page is about: the division of field @name, else the caller's own, else the least one that has every published list; ""
 * = there are none. */
const char *place_wanted(zhen_call *call, const char *name);
int64_t count_of(const zhen_row *row, const char *name);
const char *column_or_empty(const zhen_row *row, const char *name);
/* "KX-001" of "KX-001 城乡居民参保登记": forms that a page leads to name what they are about. */
const char *code_of(zhen_call *call, const char *text);
/* The other way round, as an address has it: "KX-001%20%E5%9F%8E…". */
const char *named_code(zhen_call *call, const char *code, const char *name);
/* The same of a row, in a statement, which leaves letters as they are: browsers encode them. */
#define NAMED_CODE_SQL(row)                                                                                  \
	row ".code || '%20' || REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(" row ".name, '%', '%25'), '&', '%26'), " \
	    "'#', '%23'), '+', '%2B'), ' ', '')"
/* One {title, method, path} that leads to a page; inside an open list. */
void put_way(zhen_call *call, const char *title, const char *path);
/* One {title, method, path, fields} that leads to a form; @fields "name", "value", …, NULL. NULL = nothing stands in it yet. */
void put_form(zhen_call *call, const char *title, const char *path, const char *const *fields);
/* On a list, for who may: to the page where a further row is begun. */
void put_begin(zhen_call *call, const char *permission, const char *title, const char *path);
/* What happened to an item, for its history; @unit "" = in a catalogue. */
void note_change(zhen_call *call, const char *unit, const char *code, const char *what, const char *text,
                 int64_t version, int64_t round, int64_t batch);

/* 0 where a catalogue or a list has the code, or there is none; else the refusal. */
struct refusal code_known_check(zhen_call *call, const char *code);

/* ---- tally.c: figures of reports, written by the call that changes them ---- */

/* Adds to a figure of the unit's township and of every division above it. */
void tally_add(zhen_call *call, const char *unit, const char *name, int64_t year, int64_t amount);
int64_t tally(zhen_call *call, const char *division, const char *name, int64_t year);
/* Only of this one division. */
void tally_add_one(zhen_call *call, const char *division, const char *name, int64_t year, int64_t amount);
/* "10.06" of 1036 and 103; "" when there is nothing to divide by. */
const char *ratio(zhen_call *call, int64_t whole, int64_t parts, int decimals);


/* ---- item.c ---- */

#define ITEM_COLUMNS                                                                                              \
	"code, seq, name, type, level, basis, origin, place, category, lead, duty, county_duty, responsible, " \
	"upper, batch, power"

struct item item_of_row(const zhen_row *row);
/* What is wrong with an item's own fields: the column, the machine's word and the reason. */
struct item_fault {
	const char *column, *code, *text;
};
#define ITEM_FAULTS_MAX 8
size_t item_faults(const struct item *item, struct item_fault out[ITEM_FAULTS_MAX]); /* how many */
/* The first of them. */
struct refusal item_check(const struct item *item);
bool one_of(const char *words, const char *word); /* "a|b|c" or "a=x|b=y" */

/* ---- list.c ---- */

/* The unit's list in force on the day. */
bool list_in_force(zhen_call *call, const char *unit, const char *day, struct list *out);
/* The last version published, in force or not yet. */
bool list_newest(zhen_call *call, const char *unit, struct list *out);
/* The open draft of the unit. */
bool list_draft(zhen_call *call, const char *unit, struct list *out);
/* The list of field "id" within the caller's scope, in a state in which @act is possible; 0, or the refusal. */
zhen_result list_for(zhen_call *call, uint32_t act, struct list *out);
const char *list_name(zhen_call *call, const struct list *list); /* "永定镇第2版" */
/* A code's row in a list; NULL = not there. */
const zhen_row *list_item(zhen_call *call, int64_t list, const char *code);
int64_t list_next_seq(zhen_call *call, int64_t list);
void list_store_item(zhen_call *call, int64_t list, int64_t seq, const struct item *item);
#define N_CRITERIA 4
struct criterion {
	const char *field, *title;
};
extern const struct criterion criteria[N_CRITERIA];
/* Whether the item is one that 行政执法 falls under, or the setting asks of all. */
bool criteria_asked(zhen_call *call, const struct item *item);
/* It is called an act of enforcement and does not say of which kind. */
bool power_unsaid(const struct item *item);
/* What an item that comes to a township must answer, where its kind of power asks for it: 0, or the refusal. */
zhen_result criteria_check(zhen_call *call, const struct item *item);
/* The code is free, or the unit's own. */
struct refusal local_code_check(zhen_call *call, const char *unit, const char *code);
/* A community's item hangs on one of its street's list in force. */
struct refusal upper_check(zhen_call *call, const struct list *list, const char *upper, const char *code);
/* A new version like the one published last, with one item more; the new version's number. Also the open draft gets
 * it. */
int64_t list_admit(zhen_call *call, const struct list *newest, const struct item *item, const char *from);

/* ---- publish.c ---- */

/* ---- draft.c ---- */

/* What the list inherits, as rows of list @into: of its catalogues the common items always, optional ones that were chosen in
 * @previous, and all those of a guidance frame at first, which may be taken out; what the unit had decided of an item (place, lead,
 * duty) stays unless the catalogue changed it. Also its local items. @previous 0 = there is none. */
void draft_inherit(zhen_call *call, const struct list *list, int64_t previous, int64_t into);
/* Takes an optional item of the draft's catalogues, or leaves it out; 0, or the refusal. */
zhen_result choose_one(zhen_call *call, const struct list *list, const char *code);
zhen_result unchoose_one(zhen_call *call, const struct list *list, const char *code, const char *name);
/* As many optional items as the settings allow. */
zhen_result optional_count_may(zhen_call *call, const struct list *list, int64_t chosen);
int64_t optional_chosen(zhen_call *call, const struct list *list);
/* How the draft stands now, and the ways on: @again "/lists/3/place", NULL = only back to it. */
zhen_result list_done(zhen_call *call, const struct list *list, const char *again, const char *title);

/* Counts the list's items into its row. */
void list_count(zhen_call *call, int64_t list);
/* The earliest day on which a version may take effect: not before it is published, and after the first day of the one before it,
 * which else would never have held; previous->id 0 = there is none. */
const char *version_day(zhen_call *call, const struct list *previous);
/* 0, or the refusal of an earlier day, which names the field effective_from. */
zhen_result version_day_check(zhen_call *call, const char *day, const struct list *previous);
/* Makes the list a version in force from @from on: numbers, counts, events, figures of reports. */
void list_publish(zhen_call *call, struct list *list, const struct list *previous, const char *from);

/* ---- round.c ---- */

/* Whether the code may be changed in this draft: the first list of a unit, or surveyed, assessed and in favour within
 * the
 * round of the draft. @act "add", "remove", "change", "withdraw". */
struct refusal change_may(zhen_call *call, const struct list *list, const char *code, const char *act);
/* Whether everything by which the draft differs from what it inherits was: 0, or the refusal that names what was not. */
zhen_result changes_check(zhen_call *call, const struct list *list, const struct list *previous);
void change_done(zhen_call *call, const struct list *list, const char *code);

/* ---- diff.c ---- */

/* Writes the list @name of {what, code, name, text} by which @after differs from @before; row ids, 0 = an empty list.
 * */
void diff_put(zhen_call *call, const char *name, int64_t before, int64_t after);
/* The same for events: @told once per difference. */
typedef void diff_told(zhen_call *call, void *data, const char *what, const struct item *before,
                       const struct item *after);
void diff_lists(zhen_call *call, int64_t before, int64_t after, diff_told *told, void *data);

/* ---- unit.c ---- */

/* The unit's row, made at its first publication: a short path for life, and its QR code. */
const char *unit_slug(zhen_call *call, const char *unit);

/* ---- qr.c ---- */

/* An SVG of the text; NULL = it cannot be drawn. */
const char *qr_svg(zhen_call *call, const char *text);

#endif
